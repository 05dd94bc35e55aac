/** Name of the landing among the parts of the pipeline: its consumer group and its rejects are named so. */
export const landingName = "landing";

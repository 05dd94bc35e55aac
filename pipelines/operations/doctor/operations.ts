import { findUnfinished } from "../unfinished.js";
import { error, ok, type Check } from "./check.js";

export const operations: Check = {
  name: "operations",
  looksAt: "a reset or repartition that was interrupted",
  needs: ["kafka"],
  async run(surroundings) {
    const unfinished = await findUnfinished(surroundings);
    if (!unfinished) return [ok("none is unfinished")];
    const { command, startedAt } = unfinished;
    return [
      error(
        `\`newstape ${command}\`, begun at ${startedAt}, was not finished`,
        "Offsets, states and outputs do not belong together until it is; the stages do not start.",
        `newstape ${command}`,
      ),
    ];
  },
};

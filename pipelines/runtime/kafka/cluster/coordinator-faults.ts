/**
 * GROUP_LOAD_IN_PROGRESS, GROUP_COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR_FOR_GROUP, each for both kinds of coordinator:
 * another moment, or another broker, gives an answer, and nothing was done.
 */
export const coordinatorMoved: ReadonlySet<number> = new Set([14, 15, 16]);

import { recordId } from "../record-id.js";

/** Identity of the vector of one set that a bar or sentiment causes. */
export const vectorId = (featureSet: string, triggerId: string, symbol: string): string =>
  recordId("features", featureSet, triggerId, symbol);

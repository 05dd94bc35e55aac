/** The parts as a graph: what follows from what. */
import { UserError } from "../runtime/errors.js";
import { consumersOf, type Part } from "../stages/part.js";

/** A part and every stage that reads, directly or not, what it writes; in the order of the pipeline. */
export function withDownstream(parts: readonly Part[], name: string): Part[] {
  const consumers = consumersOf(parts);
  const start = consumers.find((part) => part.name === name);
  if (!start) {
    throw new UserError(`There is no stage ${name}`, `It is one of ${consumers.map((part) => part.name).join(", ")}.`);
  }
  const reached = new Set<Part>();
  const visit = (part: Part): void => {
    if (reached.has(part)) return;
    reached.add(part);
    for (const next of consumers) if (next.inputs.some((input) => part.outputs.includes(input))) visit(next);
  };
  visit(start);
  return consumers.filter((part) => reached.has(part) && (part.kind === "stage" || part === start));
}

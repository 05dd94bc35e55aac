import avro from "avsc";
import type { Compatibility } from "../../schemas/topics.js";

/**
 * Whether a schema may follow another under a rule: BACKWARD, the new one reads what the old one wrote; FORWARD, the old
 * one reads what the new one writes; FULL, both.
 *
 * @returns why not; undefined when it may
 */
export function incompatibility(rule: Compatibility, before: avro.Schema, after: avro.Schema): string | undefined {
  const backward = rule === "BACKWARD" || rule === "FULL" ? unreadable(after, before) : undefined;
  if (backward) return `records written before cannot be read: ${backward}`;
  const forward = rule === "FORWARD" || rule === "FULL" ? unreadable(before, after) : undefined;
  return forward && `readers of the schema before cannot read new records: ${forward}`;
}

function unreadable(reader: avro.Schema, writer: avro.Schema): string | undefined {
  try {
    avro.Type.forSchema(reader).createResolver(avro.Type.forSchema(writer));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

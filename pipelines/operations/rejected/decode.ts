import { createSchemaRegistry, openCodecs, type RecordCodec } from "../../runtime/codec.js";
import { messageOf } from "../../runtime/errors.js";
import type { Connection } from "../connection.js";
import type { Reject } from "./rejects.js";

/** The rejected record, or why its bytes are none. */
export async function decodeReject(
  { config, names }: Pick<Connection, "config" | "names">,
  { topic, value }: Reject,
): Promise<{ record?: unknown; fault?: string }> {
  if (!topic) return { fault: "its topic is not of this prefix" };
  const codecs = await openCodecs(createSchemaRegistry(config), [topic], names.topic);
  try {
    return { record: await (codecs[topic] as unknown as RecordCodec<object>).read(value) };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

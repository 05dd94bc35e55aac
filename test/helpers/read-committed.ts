/**
 * What a subscriber with another client than the pipeline's sees under read_committed: Kafka's own consumer, in Java. A read that does not
 * reach the end of every partition fails.
 */
import { JavaTool, type JavaToolOptions } from "./java-tool.js";

export interface CommittedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Longer than a broker leaves an abandoned transaction open (a minute for bulk transactions), and looks for it (every 10 s). */
const patience = 90_000;

export class CommittedReader {
  readonly #tool: JavaTool;

  constructor(options: Omit<JavaToolOptions, "name">) {
    this.#tool = new JavaTool({ ...options, name: "ReadCommitted" });
  }

  /** Every record from the beginning to the end, each partition in its order. @param patienceMs for open transactions to end */
  async *read(topics: readonly string[], patienceMs = patience): AsyncGenerator<CommittedRecord> {
    const lines = this.#tool.ask([patienceMs, ...topics].join(" "));
    let count = 0;
    try {
      for (let line = await lines.next(); ; line = await lines.next()) {
        if (line.done) {
          if (Number(line.value) !== count) throw new Error(`${count} records arrived of ${line.value}`);
          return;
        }
        count += 1;
        yield parseRecord(line.value);
      }
    } finally {
      await lines.return("");
    }
  }

  close(): Promise<void> {
    return this.#tool.close();
  }
}

/** One read of whole topics, by a process of its own. */
export async function* readCommitted(
  { patienceMs, ...options }: Omit<JavaToolOptions, "name"> & { readonly patienceMs?: number },
  topics: readonly string[],
): AsyncGenerator<CommittedRecord> {
  const reader = new CommittedReader(options);
  try {
    yield* reader.read(topics, patienceMs);
  } finally {
    await reader.close();
  }
}

/** The line that ReadCommitted.java writes for a record. */
export function parseRecord(line: string): CommittedRecord {
  const [kind, topic = "", partition, offset, timestamp, key, value, headers, ...rest] = line.split("\t");
  if (kind !== "record" || headers === undefined || rest.length > 0) throw new Error(`not a record: ${line}`);
  const pairs = headers === "" ? [] : headers.split(",").map((pair) => pair.split(":"));
  return {
    topic,
    partition: Number(partition),
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: bytes(key)?.toString() ?? null,
    value: bytes(value),
    headers: Object.fromEntries(
      pairs.map(([name, content]) => [bytes(name)?.toString() ?? "", bytes(content)?.toString() ?? ""]),
    ),
  };
}

const bytes = (text: string | undefined): Buffer | null =>
  text === undefined || text === "-" ? null : Buffer.from(text, "base64");

/** "Replay is live" and "trained on what is served" stand on this: the three merges take the same inputs in the same order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeInputs } from "../../../operators/merge.js";
import type { RecordCodec } from "../../../pipelines/runtime/codec.js";
import type { PartitionLog } from "../../../pipelines/runtime/kafka/partition-log.js";
import type { StoredRecord } from "../../../pipelines/runtime/kafka/types.js";
import { InputQueue } from "../../../pipelines/runtime/stage/input-queue.js";
import { takeMerged, type MergedEntry } from "../../../pipelines/runtime/stage/merge.js";
import { MergeOrder } from "../../../pipelines/runtime/stage/merge-order.js";
import { lineageHeaders } from "../../../schemas/headers.js";
import { InputReader } from "../../../pipelines/operations/replay/input-reader.js";
import { parseLineage } from "../../../pipelines/operations/replay/lineage.js";
import { loggedOrder } from "../../../pipelines/operations/replay/logged-order.js";
import type { RecordedEmission } from "../../../pipelines/operations/replay/recorded-outputs.js";
import { topics, type TopicRecords } from "../../../schemas/topics.js";

/** One of them is sorted in a backfill, for it is repartitioned. */
const names = ["market.bars", "market.context", "news.sentiment"] as const;
type Name = (typeof names)[number];
type Log = { readonly [Of in Name]: readonly TopicRecords[Of][] };

const toRecord = (time: number, id: string) => ({ id, availableAt: time, asOf: time });
const read = (value: Buffer | null) => JSON.parse(String(value)) as TopicRecords[Name];
const codec = {
  missingSchema: () => undefined,
  decode: read,
  read: (value: Buffer | null) => Promise.resolve(read(value)),
} as unknown as RecordCodec<TopicRecords[Name]>;

const stored = (log: Log, name: Name): StoredRecord[] =>
  log[name].map((record, offset) => ({
    topic: name,
    partition: 0,
    offset,
    key: null,
    value: Buffer.from(JSON.stringify(record)),
    headers: {},
    timestamp: 0,
  }));

/** Few times and few ids: most are equal. */
const inputs = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.constantFrom("A", "a", "b", "B", "\u00e9", "9")), {
  maxLength: 9,
});
const logs = fc
  .tuple(inputs, inputs, inputs)
  .map((lists) =>
    Object.fromEntries(
      names.map((name, rank) => [name, (lists[rank] ?? []).map(([time, id], at) => toRecord(time, `${id}${at}`))]),
    ),
  ) as unknown as fc.Arbitrary<Log>;

const shown = ({ entry }: Pick<MergedEntry, "entry">): string => `${entry.topic} ${entry.id}`;

/** What a task takes. @param arrivals how many records of each input are there before the next batch; none: all, sorted where they must be */
async function live(
  log: Log,
  limit: number,
  arrivals: readonly (readonly number[])[] | undefined,
): Promise<MergedEntry[]> {
  const queues = names.map((name) => new InputQueue(name, name, 0, codec as never));
  const taken: MergedEntry[] = [];
  const takeAll = async (): Promise<void> => {
    for (let batch = await takeMerged(queues, limit); batch.length > 0; batch = await takeMerged(queues, limit))
      taken.push(...batch);
  };
  const pushUpTo = (queue: InputQueue, end: number): void => {
    const records = stored(log, queue.name as Name).slice(0, end);
    queue.push({
      topic: queue.topic,
      partition: 0,
      records,
      fetchedOffset: queue.next,
      nextOffset: records.length,
    });
  };
  for (const queue of queues) {
    const { length } = log[queue.name as Name];
    const isSorted = arrivals === undefined && topics[queue.name].repartitioned;
    queue.reset(0, arrivals ? 0 : length, {
      ...(isSorted && { sortAfter: "beginning" }),
      stopAtEnd: arrivals === undefined,
    });
  }
  for (const counts of arrivals ?? []) {
    for (const [rank, queue] of queues.entries()) pushUpTo(queue, queue.next + (counts[rank] ?? 0));
    await takeAll();
  }
  for (const queue of queues) pushUpTo(queue, log[queue.name as Name].length);
  await takeAll();
  return taken;
}

/** The order by the outputs of some inputs. */
function emissions(taken: readonly MergedEntry[], isTrigger: (index: number) => boolean): RecordedEmission[] {
  const order = new MergeOrder(names.length, [0, 0, 0]);
  return taken.flatMap(({ entry, queue, joined }, index): RecordedEmission[] => {
    order.take(queue, entry.availableAt);
    if (!isTrigger(index)) return [];
    const logged = order.emitted();
    const lineage = parseLineage({
      "newstape-trigger": `${entry.topic}/0/${entry.stored.offset}`,
      "newstape-joined": names.map((name, rank) => `${name}:${joined[rank]}`).join(","),
      ...(logged !== undefined && { [lineageHeaders.order]: logged }),
    });
    assert.ok(lineage);
    return [{ lineage, records: [] }];
  });
}

async function replayed(log: Log, emitted: readonly RecordedEmission[]): Promise<string[]> {
  const partitionLog = {
    async *read(topic: Name, _: number, from: number, to: number) {
      yield await Promise.resolve(stored(log, topic).slice(from, to));
    },
  } as unknown as PartitionLog;
  const ends = names.map((name) => log[name].length);
  const readers = names.map(
    (name, rank) =>
      new InputReader(
        partitionLog,
        name,
        name,
        { partition: 0, low: 0, stable: ends[rank] ?? 0, high: ends[rank] ?? 0 },
        codec as never,
        (_, record) => record,
      ),
  );
  const found: string[] = [];
  const recorded = (async function* () {
    yield* await Promise.resolve(emitted);
  })();
  for await (const ordered of loggedOrder(readers, recorded, ends)) {
    assert.ok("entry" in ordered, "every output has its input");
    found.push(shown(ordered));
  }
  return found;
}

test("a backfill, its replay and the offline run take the same inputs in the same order", async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.integer({ min: 1, max: 4 }), fc.array(fc.boolean()), async (log, limit, mask) => {
      const taken = await live(log, limit, undefined);
      const offline = [...mergeInputs(names, log)].map(({ topic, record }) => `${topic} ${record.id}`);
      assert.deepEqual(taken.map(shown), offline);
      // What was taken after the last output of a sorted part follows from the committed place in it: here it has one.
      const recorded = emissions(taken, (index) => (mask[index] ?? false) || index === taken.length - 1);
      assert.deepEqual(await replayed(log, recorded), offline);
    }),
    { numRuns: 500 },
  );
});

test("what arrives live, in whatever pieces, is replayed as it was taken", async () => {
  const arrivals = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.nat({ max: 3 })), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(logs, arrivals, fc.array(fc.boolean()), async (log, pieces, mask) => {
      const taken = await live(log, 3, pieces);
      const recorded = emissions(taken, (index) => (mask[index] ?? false) || index === taken.length - 1);
      assert.deepEqual(await replayed(log, recorded), taken.map(shown));
    }),
    { numRuns: 500 },
  );
});

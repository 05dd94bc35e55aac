import assert from "node:assert/strict";
import { test } from "node:test";
import type { LandedRecord, LandingBatch } from "../../../pipelines/landing/landed-record.js";
import { noCounts, type LandingCounts } from "../../../pipelines/landing/landing-counts.js";
import { LandingLoop, landingLimits, type LandingLoopOptions } from "../../../pipelines/landing/landing-loop.js";
import { readCountsOf } from "../../../pipelines/landing/landing-progress.js";
import { RecordCodec } from "../../../pipelines/runtime/codec.js";
import { UserError } from "../../../pipelines/runtime/errors.js";
import type { CommittedOffset, NewRecord, TopicPartition } from "../../../pipelines/runtime/kafka/types.js";
import { createLogger } from "../../../pipelines/runtime/logger.js";
import { namesUnder } from "../../../pipelines/runtime/names.js";
import type { LandedTopic, TopicName } from "../../../schemas/topics.js";
import { batchOf } from "../../helpers/fake-task.js";
import { article, marketContext } from "../../helpers/landing-records.js";
import { MemoryRegistry } from "../../helpers/memory-registry.js";
import { whenever } from "../../helpers/whenever.js";

const registry = new MemoryRegistry().client;
const codecs = {
  "news.raw": await RecordCodec.open<ReturnType<typeof article>>(registry, "news.raw", "news.raw.avsc"),
  "market.context": await RecordCodec.open<ReturnType<typeof marketContext>>(
    registry,
    "market.context",
    "market.context.avsc",
  ),
};
const news = (partition: number) => ({ topic: "news.raw", partition });
const at = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** The landing over made-up brokers and a made-up database. */
function fakeLanding(overrides: Partial<LandingLoopOptions> = {}) {
  const asked: string[] = [];
  const batches: LandingBatch[] = [];
  const commits: CommittedOffset[] = [];
  const rejects: NewRecord[] = [];
  /** What the topics hold, and what the group has committed. */
  const held = { low: 0, end: 0, committed: [] as CommittedOffset[] };
  const bounds = () => Array.from({ length: 4 }, (_, partition) => ({ partition, low: held.low, end: held.end }));
  const loop = new LandingLoop({
    admin: {
      committed: async () => held.committed,
      refresh: async () => undefined,
      offsets: async () => bounds(),
      ends: async () => new Map(bounds().map(({ partition, end }) => [partition, end])),
    },
    consumer: {
      seek: (place, offset) => void asked.push(`seek ${at(place)} ${offset}`),
      pause: () => void asked.push("pause"),
      resume: () => void asked.push("resume"),
      commit: async (offsets) => {
        asked.push("commit");
        commits.push(...offsets);
      },
    },
    rejects: {
      send: async (records) => {
        asked.push("reject");
        rejects.push(...records);
      },
    },
    names: namesUnder(""),
    group: "newstape.landing",
    topics: new Map<string, TopicName>([
      ["news.raw", "news.raw"],
      ["market.context", "market.context"],
    ]),
    partitions: 4,
    codecs,
    logger: createLogger("silent"),
    drain: false,
    write: async (batch) => {
      asked.push("write");
      batches.push(batch);
      return new Map<LandedTopic, LandingCounts>();
    },
    ...overrides,
  });
  const assign = async (...partitions: number[]): Promise<void> => {
    loop.assigned(partitions);
    await whenever(() => loop.isReady);
    asked.length = 0;
  };
  loop.start();
  return { loop, asked, batches, commits, rejects, held, assign };
}

const sent = (partition: number, from: number, count: number) =>
  batchOf(
    news(partition),
    from,
    Array.from({ length: count }, (_, index) => [
      "k",
      Buffer.from(codecs["news.raw"].encode(article({ id: `article-${from + index}` }))),
    ]),
  );
const landed = (batches: readonly LandingBatch[]): string[] =>
  batches.flatMap((batch) =>
    [...batch.values()].flat().map(({ record }: LandedRecord) => (record as { id: string }).id),
  );

test("offsets are committed after the database, and nothing lands before its lanes are known", async () => {
  const { loop, asked, batches, commits, assign } = fakeLanding();
  loop.accept(sent(0, 0, 1));
  await assign(0, 1);
  loop.accept(sent(0, 0, 2));
  loop.accept(sent(1, 0, 1));
  await whenever(() => commits.length >= 2);
  assert.deepEqual(landed(batches).sort(), ["article-0", "article-0", "article-1"]);
  assert.deepEqual(
    commits.map((offset) => [at(offset), offset.offset, readCountsOf(offset, 0)?.emit]),
    [
      ["news.raw/0", 2, 2],
      ["news.raw/1", 1, 1],
    ],
  );
  assert.deepEqual(asked, ["write", "commit"]);
  await loop.stop();
});

test("a database that is away is tried again with the same records, and nothing is rejected meanwhile", async () => {
  let tries = 0;
  const batches: LandingBatch[] = [];
  const fake = fakeLanding({
    write: async (batch) => {
      tries += 1;
      if (tries === 1) throw new Error("the database is away");
      batches.push(batch);
      return new Map();
    },
  });
  await fake.assign(0);
  fake.loop.accept(
    batchOf(news(0), 0, [
      ["k", Buffer.from("not Avro")],
      ["k", sent(0, 1, 1).records[0]?.value ?? null],
    ]),
  );
  await whenever(() => fake.commits.length > 0);
  assert.equal(tries, 2);
  assert.deepEqual(landed(batches), ["article-1"]);
  assert.equal(fake.rejects.length, 1);
  assert.deepEqual(fake.asked, ["reject", "commit"]);
  assert.deepEqual(readCountsOf(fake.commits[0], 0), { emit: 1, duplicate: 0, reject: 1 });
  await fake.loop.stop();
});

test("what a database refuses for good ends the landing", async () => {
  const fake = fakeLanding({ write: async () => Promise.reject(new UserError("no such table", "Migrate.")) });
  await fake.assign(0);
  fake.loop.accept(sent(0, 0, 1));
  await assert.rejects(fake.loop.done, /no such table/);
  await fake.loop.stop();
});

test("a rebalance while the database writes leaves the offsets to the next owner", async () => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let writes = 0;
  const fake = fakeLanding({
    write: async () => {
      writes += 1;
      if (writes === 1) await finished;
      return new Map();
    },
  });
  await fake.assign(0);
  fake.loop.accept(sent(0, 0, 1));
  await whenever(() => writes === 1);
  await fake.assign(0);
  finish();
  fake.loop.accept(sent(0, 0, 1));
  await whenever(() => fake.commits.length > 0);
  assert.equal(writes, 2);
  assert.equal(fake.commits.length, 1);
  await fake.loop.stop();
});

test("of a topic that is broadcast the first partition lands, and the copies are counted and passed", async () => {
  const { loop, batches, commits, assign } = fakeLanding();
  await assign(0, 1);
  const value = Buffer.from(codecs["market.context"].encode(marketContext()));
  for (const partition of [0, 1]) loop.accept(batchOf({ topic: "market.context", partition }, 0, [["0", value]]));
  await whenever(() => commits.length >= 2);
  assert.deepEqual(landed(batches), ["market-1"]);
  assert.deepEqual(
    commits.map((offset) => [offset.partition, offset.offset, readCountsOf(offset, 0)?.emit]),
    [
      [0, 1, 1],
      [1, 1, 1],
    ],
  );
  await loop.stop();
});

test("records that the topic holds twice are counted once, with the first partition of the topic", async () => {
  const fake = fakeLanding({
    write: async () => new Map<LandedTopic, LandingCounts>([["news.raw", { ...noCounts(), twice: 1 }]]),
  });
  await fake.assign(0, 1);
  fake.loop.accept(sent(0, 0, 2));
  fake.loop.accept(sent(1, 0, 1));
  await whenever(() => fake.commits.length >= 2);
  assert.deepEqual(
    fake.commits.map((offset) => readCountsOf(offset, 0)),
    [
      { emit: 1, duplicate: 1, reject: 0 },
      { emit: 1, duplicate: 0, reject: 0 },
    ],
  );
  await fake.loop.stop();
});

test("fetching pauses while too much waits, and goes on when half of it has landed", async () => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const fake = fakeLanding({ write: () => finished.then(() => new Map()) });
  await fake.assign(0);
  fake.loop.accept(sent(0, 0, landingLimits.pause));
  assert.deepEqual(fake.asked, ["pause"]);
  finish();
  await whenever(() => fake.loop.lag === 0);
  assert.deepEqual(fake.asked, ["pause", "commit", "commit", "commit", "resume", "commit"]);
  await fake.loop.stop();
});

test("a gap is sought again; a drain ends when all that lay there has landed", async () => {
  const fake = fakeLanding({ drain: true });
  fake.held.end = 3;
  await fake.assign(0);
  fake.loop.accept(sent(0, 2, 1));
  assert.deepEqual(fake.asked, ["seek news.raw/0 0"]);
  fake.loop.accept(sent(0, 0, 3));
  // A control record at the end of an empty topic counts as read.
  fake.loop.skipped({ topic: "market.context", partition: 0, nextOffset: 3 });
  await fake.loop.done;
  assert.deepEqual(landed(fake.batches), ["article-0", "article-1", "article-2"]);
  await fake.loop.stop();
});

test("what retention has deleted before the landing ends it", async () => {
  const fake = fakeLanding();
  Object.assign(fake.held, { low: 5, end: 9, committed: [{ ...news(0), offset: 3 }] });
  fake.loop.assigned([0]);
  await assert.rejects(fake.loop.done, /landing stands at offset 3 of news.raw\/0.*deleted everything below 5/);
  await fake.loop.stop();
});

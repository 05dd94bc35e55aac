import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import {
  withoutAborted,
  type AbortedTransaction,
  type TransactionalMessage,
} from "../../../../pipelines/runtime/kafka/wire/aborted-transactions.js";

// KafkaJS as it is, without our replacement, which only `kafkajs.ts` puts in.
const original = createRequire(import.meta.url)("kafkajs/src/consumer/filterAbortedMessages") as (fetched: {
  messages: TransactionalMessage[];
  abortedTransactions: AbortedTransaction[];
}) => TransactionalMessage[];

type Step = { readonly producer: number; readonly act: "write" | "plain" | "commit" | "abort" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    producer: fc.integer({ min: 1, max: 4 }),
    act: fc.constantFrom("write", "write", "write", "plain", "commit", "abort"),
  }),
  { maxLength: 60 },
);

/** A log as a broker writes it, and which of its records a reader of committed ones may see: decided as each transaction ends. */
function play(script: readonly Step[]) {
  const messages: TransactionalMessage[] = [];
  const aborted: (AbortedTransaction & { readonly last: number })[] = [];
  const visible = new Set<number>();
  const open = new Map<number, number[]>();
  const end = (producer: number, isCommit: boolean): void => {
    const offsets = open.get(producer);
    if (!offsets) return;
    open.delete(producer);
    if (isCommit) for (const offset of offsets) visible.add(offset);
    else aborted.push({ producerId: String(producer), firstOffset: String(offsets[0]), last: messages.length });
    append(producer, Buffer.from([0, 0, 0, isCommit ? 1 : 0]), true, true);
  };
  const append = (producer: number, key: Buffer | null, inTransaction: boolean, isControlRecord: boolean): number => {
    const offset = messages.length;
    const batchContext = { producerId: String(producer), inTransaction };
    messages.push({ offset: String(offset), key, isControlRecord, batchContext });
    return offset;
  };
  for (const { producer, act } of script) {
    if (act === "commit" || act === "abort") end(producer, act === "commit");
    // Its key has the bytes of an abort marker, which a record may have.
    else if (act === "plain") visible.add(append(producer + 100, Buffer.alloc(4), false, false));
    else open.set(producer, [...(open.get(producer) ?? []), append(producer, Buffer.alloc(4), true, false)]);
  }
  for (const producer of [...open.keys()]) end(producer, false);
  return { messages, aborted, visible };
}

test("every part of every log of transactions shows the committed records and no others, in whatever order the aborted come", () => {
  fc.assert(
    fc.property(steps, fc.nat(), fc.nat(), (script, start, seed) => {
      const { messages, aborted, visible } = play(script);
      const from = messages.length === 0 ? 0 : start % messages.length;
      const reaching = aborted.filter(({ last }) => last >= from);
      const turn = reaching.length === 0 ? 0 : seed % reaching.length;
      const seen = withoutAborted({
        messages: messages.slice(from),
        abortedTransactions: [...reaching.slice(turn), ...reaching.slice(0, turn)],
      });
      assert.deepEqual(
        seen.map(({ offset }) => Number(offset)),
        [...visible].filter((offset) => offset >= from).sort((a, b) => a - b),
      );
    }),
    { numRuns: 2000 },
  );
});

test("two transactions that were open at once and both aborted: KafkaJS shows a record of the second, which is why it is replaced", () => {
  const { messages, aborted } = play([
    { producer: 1, act: "write" },
    { producer: 2, act: "write" },
    { producer: 2, act: "write" },
    { producer: 2, act: "abort" },
    { producer: 1, act: "abort" },
  ]);
  // As a broker gives them: in the order in which they ended.
  const leaked = original({ messages, abortedTransactions: aborted }).filter((message) => !message.isControlRecord);
  assert.ok(leaked.length > 0);
  assert.deepEqual(withoutAborted({ messages, abortedTransactions: aborted }), []);
});

test("a partition without aborted transactions is whole, but for its control records", () => {
  const { messages, visible } = play([
    { producer: 1, act: "write" },
    { producer: 1, act: "commit" },
    { producer: 2, act: "plain" },
  ]);
  for (const abortedTransactions of [[], null, undefined]) {
    assert.equal(withoutAborted({ messages, abortedTransactions }).length, visible.size);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { universeOfSymbols } from "../../../../pipelines/ingest/universe/index.js";
import { readCompanies } from "../../../../pipelines/ingest/tagging/company-list.js";
import { createTagger } from "../../../../pipelines/ingest/tagging/tagger.js";
import type { ReadOptions } from "../../../../pipelines/ingest/read.js";
import { article, outcomesOf, verdict } from "../helpers/lines-of.js";

const tagger = createTagger(readCompanies());
const lines = [
  article({ id: "1", symbols: undefined, headline: "Microsoft buys LinkedIn" }),
  article({ id: "2", symbols: [], headline: "Rain tomorrow" }),
  article({ id: "3", symbols: ["KO"], headline: "Coca-Cola and Pepsi" }),
  article({ id: "4", symbols: ["NOPE"], headline: "Pfizer" }),
];

async function symbolsOf(text: string, options: Partial<ReadOptions<"news">>): Promise<string[]> {
  const outcomes = await outcomesOf("news", text, options);
  return outcomes.map((outcome) =>
    outcome.outcome === "accepted" ? outcome.record.symbols.join(" ") : verdict(outcome),
  );
}

test("without a tagger, symbols are needed; with one they are found, and none is no fault", async () => {
  const text = lines.join("\n");
  assert.deepEqual(await symbolsOf(text, {}), ["MISSING_FIELD", "MISSING_FIELD", "KO", "UNKNOWN_SYMBOL"]);
  const missing = { tagging: { tagger, when: "missing" } } as const;
  assert.deepEqual(await symbolsOf(text, missing), ["MSFT", "", "KO", "UNKNOWN_SYMBOL"]);
  const always = { tagging: { tagger, when: "always" } } as const;
  assert.deepEqual(await symbolsOf(text, always), ["MSFT", "", "KO PEP", "PFE"]);
});

test("only symbols on the list are let in", async () => {
  const options = { tagging: { tagger, when: "always" }, symbols: universeOfSymbols(["KO"]) } as const;
  assert.deepEqual(await symbolsOf(lines.join("\n"), options), ["", "", "KO", "UNKNOWN_SYMBOL"]);
});

test("a CSV may then do without the column", async () => {
  const csv = "id,published_at,headline\n1,2015-09-30T20:00:00Z,Intel rises";
  await assert.rejects(outcomesOf("news", csv), /no column symbols or symbol/);
  assert.deepEqual(await symbolsOf(csv, { tagging: { tagger, when: "missing" } }), ["skipped", "INTC"]);
});

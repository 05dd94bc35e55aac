/**
 * Compares the token ids of every text with those of the trainer's tokenizer.
 *
 *     node dist/models/training/sentiment/check-tokenizer.js --artefact DIRECTORY < ids.jsonl
 *
 * The lines are {text, ids}, as `make_fixture.py --every` writes them. Exit code 1 when one differs.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { hasHubLayout, readHubModel } from "../../registry/import/hub-layout.js";
import { readModelCard } from "../../runtime/card.js";
import { tokenizerConfigFile, tokenizerFile } from "../../runtime/sentiment-files.js";
import { textEncoder } from "../../runtime/text-encoder.js";
import { createTokenizer } from "../../runtime/tokenizer.js";

const { values } = parseArgs({ options: { artefact: { type: "string" } } });
const { artefact } = values;
if (artefact === undefined) throw new Error("--artefact is missing: a directory with tokenizer.json");

const card = hasHubLayout(artefact)
  ? (await readHubModel(artefact, { name: "model" })).card
  : await readModelCard(artefact);
if (card.task !== "sentiment") throw new Error(`${artefact} holds a model for ${card.task}`);
const config = join(artefact, tokenizerConfigFile);
const encode = textEncoder(
  createTokenizer(readFileSync(join(artefact, tokenizerFile)), existsSync(config) ? readFileSync(config) : undefined),
  card,
);

let texts = 0;
let mismatches = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { text, ids } = JSON.parse(line) as { text: string; ids: number[] };
  texts += 1;
  const found = [...encode(text)];
  if (isDeepStrictEqual(found, ids)) continue;
  mismatches += 1;
  if (mismatches <= 20) console.log(JSON.stringify({ text, trainer: ids, here: found }));
}
console.log(`${texts} texts, ${mismatches} mismatches`);
process.exitCode = texts > 0 && mismatches === 0 ? 0 : 1;

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { sentimentOperator } from "../../../operators/sentiment/sentiment.js";
import { analyzeSentiment, type SentimentAnalysis } from "../../../pipelines/offline/analyze-sentiment.js";
import { openSentimentReader } from "../../../pipelines/offline/sentiment-reader.js";
import { defaultSentimentDirectory } from "../../../pipelines/offline/default-sentiment.js";
import type { NewsSentiment } from "../../../schemas/generated/types.js";
import { newstape } from "../../helpers/cli.js";
import { article } from "../../helpers/landing-records.js";
import { MemoryState } from "../../helpers/memory-state.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-sentiment-"));
after(() => rmSync(directory, { recursive: true, force: true }));
const place = (name: string): string => join(directory, name);

const texts = [
  "Apple beats estimates as iPhone sales soar",
  "$CCL cut to underweight, bookings are weak",
  "The annual meeting will be held on May 4",
  "RT @news: Profit falls 30% http://t.co/x &amp; shares plunge",
  "\ud83d not well-formed, \u0000 and with controls",
  "Ünïcödé — “quotes”, commas, and 日本語",
];

type Line = SentimentAnalysis & { readonly line: number };
const linesOf = (text: string): Line[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);

test("a text is read as the stage reads it, bit for bit, whatever it is read with", async () => {
  const reader = await openSentimentReader(defaultSentimentDirectory(), 1);
  const articles = texts.map((headline, index) => article({ id: `a${index}`, headline, symbols: ["AAPL"] }));
  const outcomes = await sentimentOperator.process(
    articles.map((record) => ({ topic: "news.raw" as const, record })),
    new MemoryState(),
    { sentiment: reader.router },
  );
  await reader.close();
  const records = outcomes.flatMap((outcome) =>
    outcome.kind === "emit" ? outcome.records.map(({ record }) => record) : [],
  );
  assert.equal(records.length, texts.length);
  const together = await analyzeSentiment(texts, { workers: 2 });
  const alone = (await Promise.all(texts.slice(0, 2).map((text) => analyzeSentiment([text], { workers: 1 })))).flat();
  assert.deepEqual(alone, together.slice(0, 2));
  for (const [index, { text, model, degraded, ...answer }] of together.entries()) {
    const record = records[index];
    assert.equal(text, texts[index]);
    assert.equal(degraded, false);
    assert.equal(model, `${record?.model?.name}@${record?.model?.version}`);
    for (const [name, value] of Object.entries(answer))
      assert.deepEqual(value, record?.[name as keyof NewsSentiment], name);
  }
  const [first, second, third] = together;
  assert.deepEqual([first?.label, second?.label, third?.label], ["positive", "negative", "neutral"]);
});

test("without a transformer VADER reads, and the answer is marked", async () => {
  const [analysis] = await analyzeSentiment(["A great success"], { model: "vader" });
  assert.deepEqual([analysis?.model, analysis?.degraded, analysis?.transformer], [null, true, null]);
  assert.equal(analysis?.label, "positive");
});

test("`newstape sentiment`: text, CSV and JSON Lines, packed or not, give the same in the same order", async () => {
  const [a = "", b = "", c = ""] = texts;
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const inputs: Readonly<Record<string, string | Buffer>> = {
    "in.txt": `${a}\r\n\n${b}\n${c}`,
    "in.csv": `id,Headline\n1,${quoted(a)}\n2,${quoted(b)}\n3,${quoted(c)}\n`,
    "in.jsonl": [a, b, c].map((text) => `${JSON.stringify({ text })}\n`).join(""),
    "in.jsonl.gz": gzipSync([a, b, c].map((text) => `${JSON.stringify({ headline: text })}\n`).join("")),
  };
  const expected = await analyzeSentiment([a, b, c]);
  for (const [name, content] of Object.entries(inputs)) {
    writeFileSync(place(name), content);
    const { code, stdout, stderr } = await newstape(process.env, ["sentiment", place(name)]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      linesOf(stdout).map(({ line, ...analysis }) => (assert.ok(line > 0), analysis)),
      expected,
      name,
    );
  }
  const piped = await newstape(process.env, ["sentiment", "-", "--json"], `${a}\n`);
  assert.equal(linesOf(piped.stdout)[0]?.label, "positive");
  assert.match(piped.stderr, /"read":1,"refused":0/);
});

test("`newstape sentiment`: CSV goes through a parser unchanged; packed output is whole", async () => {
  const odd = 'He said "buy, now"; then\tnothing';
  writeFileSync(place("odd.jsonl"), `${JSON.stringify({ text: odd })}\n${JSON.stringify({ text: "two\nlines" })}\n`);
  for (const out of ["odd.csv", "odd.csv.gz"]) {
    const { code, stderr } = await newstape(process.env, ["sentiment", place("odd.jsonl"), "--out", place(out)]);
    assert.equal(code, 0, stderr);
    const bytes = readFileSync(place(out));
    const rows = parse<{ text: string; score: string }>((out.endsWith("gz") ? gunzipSync(bytes) : bytes).toString(), {
      columns: true,
    });
    assert.deepEqual(
      rows.map(({ text }) => text),
      [odd, "two\nlines"],
    );
    const [{ score = NaN } = {}] = await analyzeSentiment([odd]);
    assert.equal(Number(rows[0]?.score), score);
  }
});

test("`newstape sentiment`: what holds no text is refused by its line, the rest goes through, the exit code shows it", async () => {
  const lines = [
    '{"text":"Shares rise"}',
    "no JSON",
    '{"text":""}',
    '{"other":1}',
    "[]",
    '{"text":5}',
    '{"headline":"Shares fall"}',
  ];
  writeFileSync(place("mixed.jsonl"), `${lines.join("\n")}\n${"x".repeat(1 << 21)}\n`);
  const { code, stdout, stderr } = await newstape(process.env, ["sentiment", place("mixed.jsonl")]);
  assert.equal(code, 3);
  assert.deepEqual(
    linesOf(stdout).map(({ line }) => line),
    [1, 7],
  );
  for (const line of [2, 3, 4, 5, 6, 8]) assert.match(stderr, new RegExp(`  line ${line}: `));
  for (const [parameters, message] of [
    [[place("none.txt")], /cannot be read/],
    [[place("mixed.jsonl"), "--out", place("out.txt")], /the format of .* is not known/],
    [[place("mixed.jsonl"), "--model", place("nowhere")], /nowhere/],
    [[place("mixed.jsonl"), "--format", "csv"], /no column text or headline/],
    [[place("mixed.jsonl"), "--workers", "0"], /number from 1 on/],
  ] as const) {
    const refused = await newstape(process.env, ["sentiment", ...parameters]);
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stderr, message);
  }
});

test("`newstape sentiment --resume` goes on behind the last whole record, and refuses what another model wrote", async () => {
  writeFileSync(place("long.txt"), Array.from({ length: 600 }, (_, index) => `Shares of ${index} rise`).join("\n"));
  const out = place("long.jsonl");
  const parameters = ["sentiment", place("long.txt"), "--model", "vader", "--out", out];
  assert.equal((await newstape(process.env, parameters)).code, 0);
  const whole = readFileSync(out, "utf8");
  assert.equal(linesOf(whole).length, 600);
  // In the middle of a record.
  truncateSync(out, whole.indexOf("\n", whole.length / 2) + 40);
  const resumed = await newstape(process.env, [...parameters, "--resume", "--json"]);
  assert.equal(resumed.code, 0, resumed.stderr);
  const { read, resumedAfter } = JSON.parse(resumed.stdout) as { read: number; resumedAfter: number };
  assert.ok(read > 0 && resumedAfter > 0 && read + resumedAfter === 600, resumed.stdout);
  assert.equal(readFileSync(out, "utf8"), whole);
  const other = await newstape(process.env, ["sentiment", place("long.txt"), "--out", out, "--resume"]);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /was written with VADER alone/);
  assert.equal(readFileSync(out, "utf8"), whole);
  const packed = await newstape(process.env, [...parameters.slice(0, -1), place("x.jsonl.gz"), "--resume"]);
  assert.match(packed.stderr, /cannot be resumed/);
  assert.ok(!existsSync(place("x.jsonl.gz")));
});

test("`newstape evaluate sentiment`: every predictor, each file and all of them, as JSON, text and page", async () => {
  const rows = [
    ["Apple beats estimates, shares soar", "positive"],
    ["Profit rises sharply", "bullish"],
    ["Shares plunge after profit warning", "negative"],
    ["Company cut to sell on weak demand", "-1"],
    ["The meeting is on Monday", "Neutral"],
    ["Annual report available", "neu"],
  ];
  writeFileSync(place("one.csv"), `text,label,extra\n${rows.map((row) => `"${row[0]}",${row[1]},x`).join("\n")}\n`);
  writeFileSync(
    place("two.csv.gz"),
    gzipSync(`label,text\npositive,"Sales <b>jump</b>, & more"\nmaybe,Who knows\nneutral,\n`),
  );
  const page = place("report.html");
  const run = await newstape(process.env, [
    "evaluate",
    "sentiment",
    place("one.csv"),
    place("two.csv.gz"),
    "--json",
    "--html",
    page,
  ]);
  assert.equal(run.code, 3, run.stderr);
  assert.match(run.stderr, /two\.csv\.gz: 2 of 3 lines refused\n +INVALID_FIELD +1 +line 3: unknown label "maybe"/);
  assert.match(run.stderr, /MISSING_FIELD +1 +line 4: empty text/);
  const { files } = JSON.parse(run.stdout) as {
    files: { name: string; evaluations: { predictor: string; result: { count: number; accuracy: number } }[] }[];
  };
  assert.deepEqual(
    files.map(({ evaluations }) => evaluations[0]?.result.count),
    [6, 1, 7],
  );
  assert.deepEqual(
    files[0]?.evaluations.map(({ predictor }) => predictor.replace(/^\S+@\S+,/, "model,")),
    ["majority", "VADER", "model, transformer", "model, blend"],
  );
  assert.equal(files[0]?.evaluations[0]?.result.accuracy, 1 / 3);
  assert.ok((files[0]?.evaluations[2]?.result.accuracy ?? 0) > 0.8);
  const html = readFileSync(page, "utf8");
  assert.ok(html.includes("<svg") && !html.includes("<script") && !/(?:src|href)=/.test(html));

  const text = await newstape(process.env, ["evaluate", "sentiment", place("one.csv"), "--model", "vader"]);
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, /majority/);
  assert.match(text.stdout, /predicted negative/);
});

test("`newstape evaluate sentiment`: a file without a usable line, or without its columns, is an error", async () => {
  for (const [content, message] of [
    ["text,label\nx,what\n", /no text with a label; line 2: unknown label/],
    ["text,sentiment\nx,positive\n", /no column label/],
    ["text,label,text\nx,positive,y\n", /the column text twice/],
    ["", /no text with a label/],
    ["text,label\n<script>alert(1)</script>,0\n", /unknown label/],
  ] as const) {
    writeFileSync(place("bad.csv"), content);
    const { code, stderr } = await newstape(process.env, ["evaluate", "sentiment", place("bad.csv")]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, message);
  }
});

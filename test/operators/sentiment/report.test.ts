import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newsRules, textNormaliser } from "../../../models/runtime/text-normalisation.js";
import { isReport } from "../../../operators/sentiment/report.js";
import { packageRoot } from "../../../schemas/files.js";

const normalise = textNormaliser(newsRules);

test("results, their comparison with estimates and guidance are a report", () => {
  for (const headline of [
    "$FB reports Q2 EPS 50c, consensus 47c",
    "Apple beats estimates on record iPhone sales",
    "Wal-Mart earnings miss expectations",
    "JPMorgan posts third-quarter loss on legal costs",
    "Cisco quarterly results top views",
    "Amgen ups guidance after Q2 results",
    "Boeing profit jumps 26 percent as commercial aircraft sales rise",
  ]) {
    assert.ok(isReport(headline), headline);
  }
});

test("the season, what is still to come, other results and lists of symbols are not", () => {
  for (const headline of [
    "Earnings season kicks off next week",
    "Bank of America earnings preview: what to expect",
    "$INTC consolidating before earnings",
    "Pfizer drug meets goal in phase 3 trial, results show",
    "Companies reporting earnings: $AAPL $FB $GOOG $AMZN beat estimates",
    "Caterpillar declares quarterly dividend of $0.70",
    "Apple opens a store in Brooklyn",
    "",
  ]) {
    assert.ok(!isReport(headline), headline);
  }
});

/**
 * 230 headlines of StockNet, labelled by hand: whether they are about results of the symbol itself. 130 are a random sample
 * of those that match the expressions, 100 of those with one of the usual words that do not match. Most
 * mistakes are another company's results under the symbol.
 */
test("on headlines labelled by hand three in four that are taken for a report are one", () => {
  const path = join(packageRoot, "test/fixtures/news-features/report-headlines.jsonl");
  const labelled = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { report: boolean; headline: string });
  const taken = labelled.filter(({ headline }) => isReport(normalise(headline)));
  const right = taken.filter(({ report }) => report).length;
  assert.equal(labelled.length, 230);
  assert.ok(taken.length >= 100, `${taken.length} taken`);
  assert.ok(right / taken.length >= 0.75, `${right} of ${taken.length}`);
});

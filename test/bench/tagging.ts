/**
 * How well, and how fast, are the symbols of a universe of one's own found in headlines? Universes of 5,000 made-up names, with
 * headlines that name them and as many that only look so; and real posts, in which none of the names is meant.
 *
 *     npm run bench -- tagging [--names 5000 --headlines 40000 --seeds 3]
 */
import { parseArgs } from "node:util";
import { readSorted, createUniverseTagger } from "../../pipelines/ingest/index.js";
import { universeOf } from "../../pipelines/ingest/universe/listed-universe.js";
import { bundledSlice } from "../../schemas/files.js";
import { kinds, madeUpHeadlines, madeUpUniverse, type MadeUpHeadline } from "./helpers/made-up-names.js";
import { quietMoment } from "./helpers/machine.js";
import { report, type Row } from "./helpers/result.js";
import { rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    names: { type: "string", default: "5000" },
    headlines: { type: "string", default: "40000" },
    seeds: { type: "string", default: "3" },
    show: { type: "string", default: "0" },
  },
});
const [names, count, seeds, show] = [values.names, values.headlines, values.seeds, values.show].map(Number) as [
  number,
  number,
  number,
  number,
];

const surroundings = [await quietMoment()];
const posts = (await readSorted({ kind: "news", input: bundledSlice.news, now: Date.now })).records.map(
  ({ headline }) => headline,
);
/** Tickers that the posts name: no made-up share has one of them. */
const taken = new Set(posts.flatMap((post) => [...post.matchAll(/[A-Z]{2,5}/g)].map(([ticker]) => ticker)));

interface Count {
  tags: number;
  given: number;
  correct: number;
}
const counts = new Map<string, Count>();

function add(kind: string, symbols: readonly string[], given: readonly string[]): void {
  const total = counts.get(kind) ?? { tags: 0, given: 0, correct: 0 };
  total.tags += symbols.length;
  total.given += given.length;
  total.correct += given.filter((symbol) => symbols.includes(symbol)).length;
  counts.set(kind, total);
}

const rates: number[] = [];
for (let seed = 1; seed <= seeds; seed += 1) {
  const listings = madeUpUniverse(String(seed), names, taken);
  const { universe, problems } = universeOf(
    "made up",
    listings.map((listing, index) => ({ line: index + 1, listing })),
  );
  if (problems.length > 0) throw new Error(JSON.stringify(problems.slice(0, 3)));
  const tagger = createUniverseTagger(universe);
  const headlines: MadeUpHeadline[] = madeUpHeadlines(String(seed), listings, count);
  for (const { text } of headlines.slice(0, 5000)) tagger.tag(text);
  const started = process.cpuUsage();
  const tagged = headlines.map(({ text }) => tagger.tag(text));
  const { user, system } = process.cpuUsage(started);
  rates.push(headlines.length / ((user + system) / 1e6));
  for (const [index, { symbols, kind, text }] of headlines.entries()) {
    const given = tagged[index] ?? [];
    add(kind, symbols, given);
    add("all made up", symbols, given);
    if (index < show && given.join() !== [...symbols].sort().join())
      console.error(JSON.stringify({ text, symbols, given, kind }));
  }
  for (const [index, post] of posts.entries()) {
    const given = tagger.tag(post);
    add("real posts", [], given);
    if (index < show && given.length > 0)
      console.error(
        JSON.stringify({
          post,
          given,
          names: given.map((symbol) => listings.find((one) => one.symbol === symbol)?.name),
        }),
      );
  }
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : rounded(part / whole, 4));
const rowOf = (kind: string): Row => {
  const { tags, given, correct } = counts.get(kind) ?? { tags: 0, given: 0, correct: 0 };
  return { headlines: kind, tags, given, correct, precision: share(correct, given), recall: share(correct, tags) };
};
const all = rowOf("all made up");
const strays = (counts.get("real posts")?.given ?? 0) / (posts.length * seeds);
const slowest = Math.min(...rates);
report({
  name: "tagging",
  question: "How well, and how fast, are the symbols of a universe of one's own found?",
  settings: { names, headlines: count, universes: seeds, posts: posts.length },
  surroundings,
  tables: {
    "by the kind of name": [all, ...[...kinds, "trap", "real posts"].map(rowOf)],
    "headlines a second of processor time": rates.map((rate, index): Row => ({
      universe: index + 1,
      rate: rounded(rate, 0),
    })),
  },
  targets: [
    { what: "precision", wanted: "≥ 0.90", measured: String(all["precision"]), met: Number(all["precision"]) >= 0.9 },
    {
      what: "headlines a second and core",
      wanted: "≥ 20,000",
      measured: String(rounded(slowest, 0)),
      met: slowest >= 20_000,
    },
    {
      what: "tags a real post that names none",
      wanted: "≤ 0.02",
      measured: String(rounded(strays, 4)),
      met: strays <= 0.02,
    },
  ],
  packages: [],
});

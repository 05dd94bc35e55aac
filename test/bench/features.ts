/**
 * How fast are the features without Kafka? The stage's operator alone, for few and for many symbols, beside
 * `technicalindicators` computing six of them anew at each bar; and `newstape features compute` from file to file.
 *
 *     npm run bench -- features [--bars bars.csv.gz --news news.jsonl.gz]
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { adx, atr, bollingerbands, macd, rsi, stochastic } from "technicalindicators";
import { simulateMinutes } from "../../pipelines/index.js";
import { bundledSlice, packageRoot } from "../../schemas/files.js";
import { startChild } from "./helpers/child.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import type { OperatorMessage } from "./helpers/operator-process.js";
import type { ProfileRow } from "./helpers/profile.js";
import { report, type Row } from "./helpers/result.js";
import { rounded } from "./helpers/statistics.js";

const { values } = parseArgs({
  options: {
    bars: { type: "string", default: bundledSlice.bars },
    news: { type: "string", default: bundledSlice.news },
  },
});
const minutes = 60;
const surroundings: Surroundings[] = [];

type Operator = NonNullable<OperatorMessage["operator"]>;

async function operatorAlone(set: string, symbols: number): Promise<Operator> {
  surroundings.push(await quietMoment());
  const child = await startChild<OperatorMessage>("./operator-process.js", {
    arguments: [set, String(symbols), String(minutes)],
    nodeOptions: ["--expose-gc"],
  });
  const result = await child.message(({ operator }) => operator);
  await child.stop();
  console.error(JSON.stringify({ set, symbols, ...result }));
  return result;
}

async function operatorProfile(): Promise<ProfileRow[]> {
  const child = await startChild<OperatorMessage>("./operator-process.js", {
    arguments: ["full", "5000", String(minutes)],
    nodeOptions: ["--expose-gc"],
    profile: true,
  });
  await child.message(({ operator }) => operator);
  await child.stop();
  return child.profile();
}

/** Six of the 102 from a window of bars, as one computes them who keeps no state between bars. */
function recomputedPerSecond(): number {
  const bars = [...simulateMinutes({ symbols: 1, minutes: 390, missing: 0 })].flatMap((minute) => minute.bars);
  const window = 60;
  const compute = (): number => {
    let computed = 0;
    for (let end = window; end < bars.length; end += 1) {
      const known = bars.slice(end - window, end);
      const [high, low, close] = (["high", "low", "close"] as const).map((field) => known.map((bar) => bar[field]));
      if (!high || !low || !close) continue;
      rsi({ values: close, period: 14 });
      macd({
        values: close,
        fastPeriod: 12,
        slowPeriod: 26,
        signalPeriod: 9,
        SimpleMAOscillator: false,
        SimpleMASignal: false,
      });
      bollingerbands({ values: close, period: 20, stdDev: 2 });
      atr({ high, low, close, period: 14 });
      adx({ high, low, close, period: 14 });
      stochastic({ high, low, close, period: 14, signalPeriod: 3 });
      computed += 1;
    }
    return computed;
  };
  compute();
  const started = performance.now();
  let computed = 0;
  while (performance.now() - started < 2000) computed += compute();
  return rounded((computed / (performance.now() - started)) * 1000, 0);
}

interface Offline {
  readonly format: string;
  readonly rows: number;
  readonly seconds: number;
  readonly mebibytes: number;
}

/** The command as a user runs it, its start and the reading included. */
async function offline(format: string): Promise<Offline> {
  surroundings.push(await quietMoment());
  const directory = await mkdtemp(join(tmpdir(), "newstape-features-"));
  try {
    const out = join(directory, `features.${format}`);
    const started = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(packageRoot, "dist", "pipelines", "cli", "main.js"),
      ...["features", "compute", "--bars", values.bars, "--news", values.news],
      ...["--symbols", "any", "--sentiment", "vader", "--out", out, "--json"],
    ]);
    const seconds = (performance.now() - started) / 1000;
    const { rows } = JSON.parse(stdout) as { rows: number };
    return { format, rows, seconds, mebibytes: (await stat(out)).size / 2 ** 20 };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const alone: { set: string; symbols: number; result: Operator }[] = [];
for (const [set, symbols] of [
  ["core", 5000],
  ["full", 1000],
  ["full", 5000],
  ["full", 50_000],
] as const) {
  alone.push({ set, symbols, result: await operatorAlone(set, symbols) });
}
surroundings.push(await quietMoment());
const recomputed = recomputedPerSecond();
const files = [await offline("csv"), await offline("avro")];
const largest = alone.at(-1)?.result;
const full = alone.find(({ set, symbols }) => set === "full" && symbols === 5000)?.result;
const fastest = Math.max(...files.map(({ rows, seconds }) => rows / seconds));
report({
  name: "features",
  question: "How fast are the features without Kafka?",
  settings: { "bars a symbol": minutes, "articles a minute": "a twentieth of the symbols" },
  surroundings,
  tables: {
    "the operator alone, on one core": alone.map(({ set, symbols, result }): Row => ({
      "feature set": `${set} (${result.features})`,
      symbols,
      "bars/s": result.barsPerSecond,
      "µs a bar": rounded(1e6 / result.barsPerSecond, 2),
      "million features/s": rounded((result.barsPerSecond * result.features) / 1e6, 2),
      "state, bytes (median, most)": `${result.stateBytes.median}, ${result.stateBytes.most}`,
      "states on the heap, MiB": result.heap,
    })),
    "beside technicalindicators": [
      { what: "6 indicators anew from 60 bars, technicalindicators", "bars/s": recomputed, ratio: 1 },
      ...alone.map(({ set, symbols, result }) => ({
        what: `${result.features} features (${set}), ${symbols} symbols`,
        "bars/s": result.barsPerSecond,
        ratio: rounded(result.barsPerSecond / recomputed, 2),
      })),
    ],
    "newstape features compute, from file to file": files.map(({ format, rows, seconds, mebibytes }): Row => ({
      format,
      rows,
      seconds: rounded(seconds, 2),
      "rows/s": rounded(rows / seconds, 0),
      "MiB written": rounded(mebibytes),
    })),
  },
  targets: [
    {
      what: "full set, 5,000 symbols",
      wanted: "≥ 200000 bars/s",
      measured: `${full?.barsPerSecond} bars/s`,
      met: (full?.barsPerSecond ?? 0) >= 200_000,
    },
    {
      what: "state of a symbol",
      wanted: "≤ 2048 bytes",
      measured: `${largest?.stateBytes.median}, at most ${largest?.stateBytes.most} bytes`,
      met: (largest?.stateBytes.most ?? Infinity) <= 2048,
    },
    {
      what: "states of 50,000 symbols",
      wanted: "≤ 250 MiB",
      measured: `${largest?.heap} MiB`,
      met: (largest?.heap ?? Infinity) <= 250,
    },
    {
      what: "from file to file, start and reading included",
      wanted: "≥ 50000 rows/s",
      measured: `${rounded(fastest, 0)} rows/s`,
      met: fastest >= 50_000,
    },
  ],
  profiles: { "the operator alone, full set, 5,000 symbols": await operatorProfile() },
  packages: ["technicalindicators", "avsc"],
});

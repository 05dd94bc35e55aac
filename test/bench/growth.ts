/**
 * What grows with what? The features stage with 1,000 to 50,000 symbols, 1 to 4 processes, 1 to 24 partitions: latency of one
 * burst, throughput of several at once, memory; beside each the line that one would expect.
 *
 *     npm run bench -- growth [--most 50000]
 */
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { availableParallelism } from "node:os";
import { simulateMinutes } from "../../pipelines/index.js";
import { stages } from "../../pipelines/stages/index.js";
import type { Bar } from "../../schemas/generated/types.js";
import { openBarSender } from "./helpers/bar-sender.js";
import { startChild } from "./helpers/child.js";
import { createCluster, withCleanUp } from "./helpers/cluster.js";
import { quietMoment, type Surroundings } from "./helpers/machine.js";
import type { PipelineMessage } from "./helpers/pipeline-process.js";
import { report, type Row } from "./helpers/result.js";
import { median, rounded } from "./helpers/statistics.js";
import { watchRaw } from "./helpers/visible.js";

const { values } = parseArgs({ options: { most: { type: "string", default: "50000" } } });
const warmUp = 45;
const bursts = 5;
const backlogBursts = 4;

interface Point {
  readonly symbols: number;
  readonly processes: number;
  readonly partitions: number;
}

const base: Point = { symbols: 5000, processes: 1, partitions: 6 };
const symbolSweep = [1000, 5000, 10_000, 25_000, 50_000].filter((symbols) => symbols <= Number(values.most));
const points: readonly Point[] = [
  ...symbolSweep.map((symbols) => ({ ...base, symbols })),
  ...[2, 4].map((processes) => ({ ...base, processes })),
  ...[1, 12, 24].map((partitions) => ({ ...base, partitions })),
];

interface Measured {
  /** ms from the first send to the last vector, median of the bursts. */
  readonly latency: number;
  /** Of several bursts sent without a pause. */
  readonly barsPerSecond: number;
  /** Peak of each process, MiB. */
  readonly memory: readonly number[];
}

async function measure({ symbols, processes, partitions }: Point): Promise<Measured> {
  return withCleanUp(async (cleanUp) => {
    process.env.NEWSTAPE_PARTITIONS = String(partitions);
    const cluster = await createCluster(cleanUp, stages);
    const { encode, send } = await openBarSender(cleanUp, cluster);
    const sendInPieces = async (bars: readonly Bar[]): Promise<void> => {
      for (let start = 0; start < bars.length; start += 5000) await send(encode(bars.slice(start, start + 5000)));
    };
    const minutes = simulateMinutes({ symbols, minutes: warmUp + bursts + backlogBursts, missing: 0 });
    const next = (): Bar[] => minutes.next().value?.bars ?? [];
    const children = await Promise.all(
      Array.from({ length: processes }, () =>
        startChild<PipelineMessage>("./pipeline-process.js", {
          arguments: ["features"],
          environment: cluster.environment,
        }),
      ),
    );
    await Promise.all(children.map((child) => child.message(({ ready }) => ready)));
    const visible = await watchRaw(cleanUp, cluster, "features");
    for (let minute = 0; minute < warmUp; minute += 1) await sendInPieces(next());
    await visible.settled(4000, 600);
    let outputs = visible.count;

    const times: number[] = [];
    for (let burst = 0; burst < bursts; burst += 1) {
      const records = encode(next());
      await sleep(500);
      const started = performance.now();
      await send(records);
      outputs += symbols;
      const { lastAt } = await visible.until(outputs);
      times.push(lastAt - started);
    }
    const backlog = Array.from({ length: backlogBursts }, () => encode(next()));
    await sleep(500);
    const started = performance.now();
    for (const records of backlog) await send(records);
    outputs += symbols * backlogBursts;
    const { lastAt } = await visible.until(outputs, 120);
    if (visible.count !== outputs) throw new Error(`${visible.count} vectors instead of ${outputs}`);
    const peaks = children.map((child) => child.message(({ memory }) => memory));
    await Promise.all(children.map((child) => child.stop()));
    return {
      latency: median(times),
      barsPerSecond: ((symbols * backlogBursts) / (lastAt - started)) * 1000,
      memory: await Promise.all(peaks),
    };
  });
}

const surroundings: Surroundings[] = [];
const measured: { readonly point: Point; readonly result: Measured }[] = [];
for (const point of points) {
  surroundings.push(await quietMoment());
  const result = await measure(point);
  measured.push({ point, result });
  console.error(JSON.stringify({ ...point, ...result }));
}

const isBase = (point: Point, free: keyof Point): boolean =>
  (Object.keys(base) as (keyof Point)[]).every((key) => key === free || point[key] === base[key]);
const sweep = (free: keyof Point) =>
  measured
    .filter(({ point }) => isBase(point, free))
    .sort((one, other) => one.point[free] - other.point[free])
    .map(({ point, result }) => ({ value: point[free], ...result }));
const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
const atBase = measured.find(({ point }) => point === points[symbolSweep.indexOf(base.symbols)])?.result;
if (!atBase) throw new Error(`--most must be at least ${base.symbols}`);

/** Through the first and the last point: the points between show whether it is a line. */
function line(sweepOf: readonly { value: number }[], pick: (index: number) => number): (value: number) => number {
  const [first, last] = [sweepOf[0]?.value ?? 0, sweepOf.at(-1)?.value ?? 0];
  const [low, high] = [pick(0), pick(sweepOf.length - 1)];
  return (value) => low + ((high - low) * (value - first)) / (last - first);
}

const bySymbols = sweep("symbols");
const memoryLine = line(bySymbols, (index) => sum(bySymbols[index]?.memory ?? []));
const cores = availableParallelism();
const byProcesses = sweep("processes");
const byPartitions = sweep("partitions");
const largest = bySymbols.at(-1);
report({
  name: "growth",
  question: "What grows with symbols, processes and partitions? (features stage, full set)",
  settings: { warmUp, bursts, "bursts in the backlog": backlogBursts, base: JSON.stringify(base) },
  surroundings,
  tables: {
    "symbols (1 process, 6 partitions); expected: the same throughput, latency in proportion, memory on the line through the ends":
      bySymbols.map(({ value, latency, barsPerSecond, memory }): Row => ({
        symbols: value,
        "latency, ms": rounded(latency, 0),
        "expected latency": rounded((atBase.latency * value) / base.symbols, 0),
        "bars/s": rounded(barsPerSecond, 0),
        "expected bars/s": rounded(atBase.barsPerSecond, 0),
        "peak MiB": rounded(sum(memory), 0),
        "line MiB": rounded(memoryLine(value), 0),
      })),
    [`processes (5,000 symbols, 6 partitions); expected: throughput grows up to the ${cores} cores, less what broker and sender take`]:
      byProcesses.map(({ value, latency, barsPerSecond, memory }): Row => ({
        processes: value,
        "latency, ms": rounded(latency, 0),
        "bars/s": rounded(barsPerSecond, 0),
        ratio: rounded(barsPerSecond / atBase.barsPerSecond, 2),
        "expected ratio, at most": Math.min(value, cores),
        "peak MiB": memory.map((one) => rounded(one, 0)).join(" + "),
      })),
    "partitions (5,000 symbols, 1 process); expected: the same, plus a transaction for each partition":
      byPartitions.map(({ value, latency, barsPerSecond, memory }): Row => ({
        partitions: value,
        "latency, ms": rounded(latency, 0),
        "bars/s": rounded(barsPerSecond, 0),
        ratio: rounded(barsPerSecond / atBase.barsPerSecond, 2),
        "expected ratio": 1,
        "peak MiB": rounded(sum(memory), 0),
      })),
  },
  targets: largest
    ? [
        {
          what: `memory beside the line, ${bySymbols.length} points`,
          wanted: "within 20 %",
          measured: bySymbols
            .map(({ value, memory }) => `${rounded((100 * sum(memory)) / memoryLine(value) - 100, 0)} %`)
            .join(", "),
          met: bySymbols.every(({ value, memory }) => Math.abs(sum(memory) / memoryLine(value) - 1) <= 0.2),
        },
      ]
    : [],
  packages: ["kafkajs", "avsc"],
});

/**
 * Whether anything published depends on what came later: the chain is run over a history, then over others that
 * agree with it up to a moment only. No record that could be known before that moment may differ by a bit, be missing, or be
 * new. What is checked follows from the stages' declarations: every topic that they write, against everything that they read.
 */
import { inputPosition, type InputPosition } from "../../../operators/merge.js";
import { topics, type TopicName } from "../../../schemas/topics.js";
import { parseSchema } from "../../runtime/avro-types.js";
import { schemaText } from "../../runtime/codec.js";
import { recordsOf, type OfflineRecords } from "../../offline/run.js";
import { derivedTopics, outsideTopics } from "../../offline/wiring.js";
import { UserError } from "../../runtime/errors.js";
import type { AnyStage } from "../../runtime/stage/definition.js";
import { differences, type FieldDifference } from "../replay/compare.js";
import { checkPerturbed, perturb, touched, type Future, type Perturbation } from "./perturb.js";

/** What the stages publish for a history. */
export type Chain = (history: OfflineRecords) => Promise<OfflineRecords>;

export interface LeakcheckOptions {
  readonly stages: readonly AnyStage[];
  /** Of every topic that comes in from outside, sorted by (availableAt, id). */
  readonly history: OfflineRecords;
  readonly chain: Chain;
  /** Moments, ms since 1970. */
  readonly cuts: readonly number[];
  readonly futures: readonly Future[];
  readonly seed: string;
  /** Names of a vector's values, by the id of its set: a leak is reported by the feature's name. */
  readonly featureNames: ReadonlyMap<string, readonly string[]>;
  readonly onChecked?: (checked: Checked) => void;
}

export interface Checked {
  readonly cut: number;
  readonly future: Future;
  /** Records that had to stay the same. */
  readonly records: number;
  readonly leaks: number;
}

export interface Leak {
  readonly topic: TopicName;
  readonly cut: number;
  readonly future: Future;
  readonly record: { readonly id: string; readonly symbol: string | null; readonly asOf: number };
  /** Empty: it is not published at all any more, or only then. */
  readonly fields: readonly FieldDifference[];
  /** An input from after the cut that alone makes the difference; null when it takes several. */
  readonly cause: { readonly id: string; readonly availableAt: number } | null;
}

export interface AsOfFault {
  readonly topic: TopicName;
  readonly symbol: string;
  readonly id: string;
  readonly asOf: number;
  readonly before: number;
}

export interface LeakcheckResult {
  readonly checked: readonly Checked[];
  /** The first leak of each topic, cut and future. */
  readonly leaks: readonly Leak[];
  /** Records of a symbol whose `asOf` is before that of the record before. */
  readonly asOfFaults: readonly AsOfFault[];
}

interface Encoded {
  readonly id: string;
  readonly symbol: string | null;
  readonly asOf: number;
  readonly bytes: Buffer;
  readonly record: unknown;
}

type AvroType = ReturnType<typeof parseSchema>;
const types = new Map<string, AvroType>();

function typeOf(name: TopicName): AvroType {
  const { schemaFile } = topics[name];
  const known = types.get(schemaFile);
  if (known) return known;
  const made = parseSchema(JSON.parse(schemaText(schemaFile)) as Parameters<typeof parseSchema>[0]);
  types.set(schemaFile, made);
  return made;
}

function encoded(records: OfflineRecords, name: TopicName): Encoded[] {
  const type = typeOf(name);
  return recordsOf(records, name).map((record) => {
    const { id, availableAt } = inputPosition(name, record);
    return {
      id,
      symbol: "symbol" in record ? record.symbol : null,
      asOf: availableAt,
      bytes: type.toBuffer(record),
      record,
    };
  });
}

/** @throws UserError where a stage reads what no future changes, or publishes nothing that could be compared */
export async function leakcheck(options: LeakcheckOptions): Promise<LeakcheckResult> {
  const { stages, history, chain, cuts, futures, seed } = options;
  checkPerturbed(stages);
  const derived = derivedTopics(stages);
  const reference = await chain(history);
  const known = new Map(derived.map((name) => [name, encoded(reference, name)]));
  checkCompared(known, Math.max(...cuts));
  const checked: Checked[] = [];
  const leaks: Leak[] = [];
  for (const cut of cuts) {
    for (const future of futures) {
      const perturbation = { cut, future, seed };
      const other = await chain(perturb(history, perturbation));
      let [records, count] = [0, 0];
      for (const name of derived) {
        const before = (known.get(name) ?? []).filter(({ asOf }) => asOf < cut);
        records += before.length;
        const found = changes(before, encoded(other, name), cut);
        count += found.length;
        const [first] = found;
        if (first) leaks.push(await explained(options, perturbation, name, first));
      }
      const result = { cut, future, records, leaks: count };
      checked.push(result);
      options.onChecked?.(result);
    }
  }
  return { checked, leaks, asOfFaults: derived.flatMap((name) => asOfFaults(name, known.get(name) ?? [])) };
}

/** A stage that has not warmed up before the last cut would pass, whatever it does. */
function checkCompared(known: ReadonlyMap<TopicName, readonly Encoded[]>, lastCut: number): void {
  for (const [name, records] of known) {
    if (records.some(({ asOf }) => asOf < lastCut)) continue;
    throw new UserError(
      `nothing of ${name} is published before the last cut, so that nothing of it can be compared`,
      "Give a longer history: the stage that publishes it has not warmed up.",
    );
  }
}

interface Change {
  readonly before: Encoded | undefined;
  readonly after: Encoded | undefined;
}

/** Records before the cut that are not in both with the same bytes. */
function changes(before: readonly Encoded[], after: readonly Encoded[], cut: number): Change[] {
  const others = new Map(after.filter(({ asOf }) => asOf < cut).map((record) => [record.id, record]));
  const found: Change[] = [];
  for (const record of before) {
    const twin = others.get(record.id);
    others.delete(record.id);
    if (!twin?.bytes.equals(record.bytes)) found.push({ before: record, after: twin });
  }
  return [...found, ...[...others.values()].map((surplus) => ({ before: undefined, after: surplus }))];
}

async function explained(
  options: LeakcheckOptions,
  perturbation: Perturbation,
  topic: TopicName,
  change: Change,
): Promise<Leak> {
  const { id, symbol, asOf } = (change.before ?? change.after) as Encoded;
  const fields = change.before && change.after ? differences(change.before.record, change.after.record) : [];
  const cause = await causeOf(options, perturbation, topic, change);
  return {
    topic,
    cut: perturbation.cut,
    future: perturbation.future,
    record: { id, symbol, asOf },
    fields: fields.map((field) => ({ ...field, path: withFeature(options, change, field.path) })),
    cause,
  };
}

/** `values[3]` of a vector is a feature. */
function withFeature({ featureNames }: LeakcheckOptions, { before }: Change, path: string): string {
  const { featureSet } = (before?.record ?? {}) as { featureSet?: string };
  const [, index] = /^values\[(\d+)\]$/.exec(path) ?? [];
  const name = index === undefined ? undefined : featureNames.get(featureSet ?? "")?.[Number(index)];
  return name ? `${path} (${name})` : path;
}

/** Halves the inputs that are changed as long as the record still differs. */
async function causeOf(
  { stages, history, chain }: LeakcheckOptions,
  perturbation: Perturbation,
  topic: TopicName,
  change: Change,
): Promise<Leak["cause"]> {
  const reference = change.before;
  const { id } = (reference ?? change.after) as Encoded;
  const isChangedBy = async (only: readonly InputPosition[]): Promise<boolean> => {
    const other = await chain(perturb(history, { ...perturbation, only: new Set(only.map((input) => input.id)) }));
    const twin = encoded(other, topic).find((candidate) => candidate.id === id && candidate.asOf < perturbation.cut);
    return reference ? !twin?.bytes.equals(reference.bytes) : twin !== undefined;
  };
  let suspects = touched(outsideTopics(stages), history, perturbation.cut);
  while (suspects.length > 1) {
    const half = suspects.slice(0, suspects.length >> 1);
    const rest = suspects.slice(suspects.length >> 1);
    if (await isChangedBy(half)) suspects = half;
    else if (await isChangedBy(rest)) suspects = rest;
    else return null;
  }
  const [found] = suspects;
  return found ? { id: found.id, availableAt: found.availableAt } : null;
}

function asOfFaults(topic: TopicName, records: readonly Encoded[]): AsOfFault[] {
  const latest = new Map<string, number>();
  return records.flatMap(({ symbol, id, asOf }) => {
    if (symbol === null) return [];
    const before = latest.get(symbol) ?? -Infinity;
    latest.set(symbol, Math.max(before, asOf));
    return asOf < before ? [{ topic, symbol, id, asOf, before }] : [];
  });
}

/**
 * Whether anything that was said could have known what came later: the chain is run over a history, then over others that
 * agree with it up to a moment only. No record with `asOf` before that moment may differ by a bit, be missing, or be new.
 */
import { topics } from "../../../schemas/topics.js";
import { parseSchema } from "../../runtime/avro-types.js";
import { schemaText } from "../../runtime/codec.js";
import { derivedTopics, type ChainRecords, type RawHistory } from "../../offline/full-chain.js";
import { differences, type FieldDifference } from "../replay/compare.js";
import { perturb, touched, type Future, type Perturbation } from "./perturb.js";

export type Chain = (history: RawHistory) => Promise<ChainRecords>;
export type DerivedTopic = (typeof derivedTopics)[number];

export interface LeakcheckOptions {
  readonly history: RawHistory;
  readonly chain: Chain;
  /** Moments, ms since 1970. */
  readonly cuts: readonly number[];
  readonly futures: readonly Future[];
  readonly seed: string;
  /** Names of a vector's values, by the id of its set: a leak is told by the feature's name. */
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
  readonly topic: DerivedTopic;
  readonly cut: number;
  readonly future: Future;
  readonly record: { readonly id: string; readonly symbol: string | null; readonly asOf: number };
  /** Empty: it is not said at all any more, or only then. */
  readonly fields: readonly FieldDifference[];
  /** An input from after the cut that alone makes the difference; null when it takes several. */
  readonly cause: { readonly id: string; readonly availableAt: number } | null;
}

export interface AsOfFault {
  readonly topic: DerivedTopic;
  readonly symbol: string;
  readonly id: string;
  readonly asOf: number;
  readonly before: number;
}

export interface LeakcheckResult {
  readonly checked: readonly Checked[];
  /** The first leak of each topic, cut and future. */
  readonly leaks: readonly Leak[];
  /** Records of a symbol whose `asOf` lies before that of the record before. */
  readonly asOfFaults: readonly AsOfFault[];
}

interface Encoded {
  readonly id: string;
  readonly symbol: string | null;
  readonly asOf: number;
  readonly bytes: Buffer;
  readonly record: unknown;
}

const types = new Map(
  derivedTopics.map((name) => [
    name,
    parseSchema(JSON.parse(schemaText(topics[name].schemaFile)) as Parameters<typeof parseSchema>[0]),
  ]),
);

function encoded(records: ChainRecords, name: DerivedTopic): Encoded[] {
  const { id: idOf } = topics[name] as { id: (record: unknown) => string };
  return records[name].map((record) => ({
    id: idOf(record),
    symbol: "symbol" in record ? record.symbol : null,
    asOf: record.asOf,
    bytes: types.get(name)?.toBuffer(record) ?? Buffer.alloc(0),
    record,
  }));
}

export async function leakcheck(options: LeakcheckOptions): Promise<LeakcheckResult> {
  const { history, chain, cuts, futures, seed } = options;
  const reference = await chain(history);
  const known = new Map(derivedTopics.map((name) => [name, encoded(reference, name)]));
  const checked: Checked[] = [];
  const leaks: Leak[] = [];
  for (const cut of cuts) {
    for (const future of futures) {
      const perturbation = { cut, future, seed };
      const other = await chain(perturb(history, perturbation));
      let [records, count] = [0, 0];
      for (const name of derivedTopics) {
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
  return { checked, leaks, asOfFaults: derivedTopics.flatMap((name) => asOfFaults(name, known.get(name) ?? [])) };
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
  topic: DerivedTopic,
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
  { history, chain }: LeakcheckOptions,
  perturbation: Perturbation,
  topic: DerivedTopic,
  change: Change,
): Promise<Leak["cause"]> {
  const reference = change.before;
  const { id } = (reference ?? change.after) as Encoded;
  const isChangedBy = async (only: readonly string[]): Promise<boolean> => {
    const other = await chain(perturb(history, { ...perturbation, only: new Set(only) }));
    const twin = encoded(other, topic).find((candidate) => candidate.id === id && candidate.asOf < perturbation.cut);
    return reference ? !twin?.bytes.equals(reference.bytes) : twin !== undefined;
  };
  let suspects = touched(history, perturbation.cut);
  while (suspects.length > 1) {
    const half = suspects.slice(0, suspects.length >> 1);
    const rest = suspects.slice(suspects.length >> 1);
    if (await isChangedBy(half)) suspects = half;
    else if (await isChangedBy(rest)) suspects = rest;
    else return null;
  }
  const found = [...history.news, ...history.bars].find((input) => input.id === suspects[0]);
  return found ? { id: found.id, availableAt: found.availableAt } : null;
}

function asOfFaults(topic: DerivedTopic, records: readonly Encoded[]): AsOfFault[] {
  const latest = new Map<string, number>();
  return records.flatMap(({ symbol, id, asOf }) => {
    if (symbol === null) return [];
    const before = latest.get(symbol) ?? -Infinity;
    latest.set(symbol, Math.max(before, asOf));
    return asOf < before ? [{ topic, symbol, id, asOf, before }] : [];
  });
}

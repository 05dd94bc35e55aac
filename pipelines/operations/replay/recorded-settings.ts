/**
 * Under which settings a task said what was recorded. They may change in the middle of a log, and go back and forth while
 * processes of both kinds share a stage: a replay goes by what each input had for outputs, not by its own configuration.
 */
import type { TopicName, TopicRecords } from "../../../schemas/topics.js";
import type { StoredRecord } from "../../runtime/kafka/types.js";
import type { AnyStage, StageSettings } from "../../runtime/stage/definition.js";
import type { OrderedEntry } from "./logged-order.js";
import type { RecordedEmission } from "./recorded-outputs.js";

export interface RecordedRecord {
  readonly name: TopicName;
  readonly stored: StoredRecord;
  readonly record: TopicRecords[TopicName];
}

const keyOf = ({ featureSets }: StageSettings): string => featureSets.join(",");

/**
 * What both serve; all that the second does where that is nothing. An input without an output had none under either, so
 * that it has none under fewer.
 */
export function common(one: StageSettings, other: StageSettings): StageSettings {
  const featureSets = one.featureSets.filter((name) => other.featureSets.includes(name));
  return featureSets.length > 0 ? { featureSets } : other;
}

export class RecordedSettings {
  /** Of the emission that is being looked at: asked for by every input before it. */
  #latest: { readonly emission: RecordedEmission; readonly records: Promise<RecordedRecord[]> } | undefined;
  /** Of the output before. */
  #before: StageSettings | undefined;
  #inForce: StageSettings;

  /** @param configured used where nothing is recorded */
  constructor(
    private readonly stage: Pick<AnyStage, "settingsOf">,
    configured: StageSettings,
    private readonly decode: (record: RecordedEmission["records"][number]) => Promise<RecordedRecord>,
  ) {
    this.#inForce = configured;
  }

  get inForce(): StageSettings {
    return this.#inForce;
  }

  get key(): string {
    return keyOf(this.#inForce);
  }

  recordsOf(emission: RecordedEmission): Promise<RecordedRecord[]> {
    if (this.#latest?.emission !== emission) {
      this.#latest = { emission, records: Promise.all(emission.records.map(this.decode)) };
    }
    return this.#latest.records;
  }

  /** The settings that this input is to be taken with; undefined where its outputs are of none that this build has. */
  async wantedFor({ recorded, following }: OrderedEntry): Promise<StageSettings | undefined> {
    if (!this.stage.settingsOf) return this.#inForce;
    const of = following && this.#settingsOf(await this.recordsOf(following));
    if (recorded) {
      this.#before = of ?? this.#before;
      return of;
    }
    if (of && this.#before) return common(this.#before, of);
    return of ?? this.#before ?? this.#inForce;
  }

  agrees(settings: StageSettings): boolean {
    return keyOf(settings) === this.key;
  }

  choose(settings: StageSettings): void {
    this.#inForce = settings;
  }

  #settingsOf(records: readonly RecordedRecord[]): StageSettings | undefined {
    const settingsOf = this.stage.settingsOf as
      ((outputs: readonly unknown[]) => StageSettings | undefined) | undefined;
    return settingsOf?.(records.map(({ record }) => record));
  }
}

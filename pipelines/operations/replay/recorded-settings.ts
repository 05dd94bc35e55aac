/**
 * The settings under which a task published what was recorded. They may change in the middle of a log, and go back and forth while
 * processes of both kinds share a stage: a replay goes by the outputs of each input, not by its own configuration.
 */
import type { TopicName, TopicRecords } from "../../../schemas/topics.js";
import type { StoredRecord } from "../../runtime/kafka/types.js";
import type { AnyStage, ReplaySettings } from "../../runtime/stage/definition.js";
import type { OrderedEntry } from "./logged-order.js";
import type { RecordedEmission } from "./recorded-outputs.js";

export interface RecordedRecord {
  readonly name: TopicName;
  readonly stored: StoredRecord;
  readonly record: TopicRecords[TopicName];
}

export class RecordedSettings {
  readonly #declaration: ReplaySettings<object, unknown> | undefined;
  /** Of the emission that is being looked at: needed for every input before it. */
  #latest: { readonly emission: RecordedEmission; readonly records: Promise<RecordedRecord[]> } | undefined;
  /** Of the output before. */
  #before: object | undefined;
  #inForce: object;

  /** @param configured used where nothing is recorded */
  constructor(
    { recordedSettings }: Pick<AnyStage, "recordedSettings">,
    configured: object,
    private readonly decode: (record: RecordedEmission["records"][number]) => Promise<RecordedRecord>,
  ) {
    this.#declaration = recordedSettings as ReplaySettings<object, unknown> | undefined;
    this.#inForce = configured;
  }

  get inForce(): object {
    return this.#inForce;
  }

  get key(): string {
    return this.#keyOf(this.#inForce);
  }

  recordsOf(emission: RecordedEmission): Promise<RecordedRecord[]> {
    if (this.#latest?.emission !== emission) {
      this.#latest = { emission, records: Promise.all(emission.records.map(this.decode)) };
    }
    return this.#latest.records;
  }

  /** The settings that this input is to be taken with; undefined where its outputs are of none that this build has. */
  async wantedFor({ recorded, following }: OrderedEntry): Promise<object | undefined> {
    if (!this.#declaration) return this.#inForce;
    const of = following && this.#settingsOf(await this.recordsOf(following));
    if (recorded) {
      this.#before = of ?? this.#before;
      return of;
    }
    if (of && this.#before) return this.#declaration.common(this.#before, of);
    return of ?? this.#before ?? this.#inForce;
  }

  agrees(settings: object): boolean {
    return this.#keyOf(settings) === this.key;
  }

  choose(settings: object): void {
    this.#inForce = settings;
  }

  #settingsOf(records: readonly RecordedRecord[]): object | undefined {
    return this.#declaration?.of(records.map(({ record }) => record));
  }

  #keyOf(settings: object): string {
    return this.#declaration?.key(settings) ?? "";
  }
}

/** What the loads on the three producers have in common. */
import { messageOf } from "../../../pipelines/runtime/errors.js";
import type { ClusterAdmin } from "../../../pipelines/runtime/kafka/admin.js";
import type { Kafka } from "../../../pipelines/runtime/kafka/client.js";
import type { Range, Written } from "./numbers.js";

export const loadKinds = ["transactional", "plain", "bulk"] as const;
export type LoadKind = (typeof loadKinds)[number];

export interface LoadSettings {
  readonly kind: LoadKind;
  readonly topic: string;
  /** Producers side by side, each with numbers of its own. */
  readonly writers: number;
  /** Records in one transaction, or in one send. */
  readonly batch: number;
  /** Bytes of a value. */
  readonly bytes: number;
  /** Between two batches. */
  readonly pauseMs: number;
  /** Records that all writers together write at least. */
  readonly records: number;
}

export interface LoadContext {
  readonly settings: LoadSettings;
  /** Which process of this load it is: the one that follows a kill goes on where it can. */
  readonly incarnation: number;
  readonly kafka: Kafka;
  readonly admin: ClusterAdmin;
  /** Whether a writer has written its share, and no more is wanted. */
  isOver(numbers: number): boolean;
  /** Acknowledged up to, but without, this number. */
  progress(writer: string, numbers: number): void;
  /** @param uncertain what may have arrived all the same */
  failed(writer: string, error: unknown, uncertain?: Range): void;
}

export type Load = (context: LoadContext, index: number) => Promise<Written>;

/** The fault in few words, so that equal ones can be counted. */
export const faultOf = (error: unknown): string =>
  messageOf(error)
    .replaceAll(/\d{3,}/g, "…")
    .slice(0, 120);

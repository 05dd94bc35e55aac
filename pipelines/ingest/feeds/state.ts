import { createHash } from "node:crypto";
import { StateFile } from "../state-file.js";
import type { Validators } from "./fetch.js";
import type { Known } from "./identity.js";
import { feedLimits } from "./limits.js";

/** What is kept of a feed between two polls, and over a restart. */
export interface FeedState {
  readonly url: string;
  readonly validators: Validators;
  /** Ids of articles that were published, the latest last. */
  readonly seen: readonly string[];
  /** What items are recognised by, the latest last; missing in a state of a build that knew items by their articles' ids. */
  readonly keys?: readonly string[];
  /** Ids that such a build published and that have recognised no item yet. */
  readonly unclaimed?: readonly string[];
  /** Main keys of items that were not taken, for their age or want of a date. */
  readonly held?: readonly string[];
  /** What was wanted at the last poll, see `wantedOf`: when that changes, the whole document is asked for. */
  readonly wanted?: string;
  /** Failures in a row. */
  readonly failures: number;
  /** Not to be fetched before this moment, as it failed or its server set it; ms since 1970. */
  readonly notBefore: number;
}

export const freshState = (url: string): FeedState => ({ url, validators: {}, seen: [], failures: 0, notBefore: 0 });

/** The file is named by a hash: an address may hold credentials and characters that no file name has. */
export function feedStateFile(directory: string, url: string): StateFile<FeedState> {
  return new StateFile(directory, `feed-${createHash("sha256").update(url).digest("hex").slice(0, 32)}`, 1);
}

/** Whether a feed has not been read yet. */
export function isUnread({ keys, seen, validators }: FeedState): boolean {
  return (
    keys === undefined && seen.length === 0 && validators.etag === undefined && validators.lastModified === undefined
  );
}

export function knownOf({ seen, keys, unclaimed }: FeedState): Known {
  const left = unclaimed ?? (keys === undefined ? seen : []);
  return { ids: new Set(seen), keys: new Set(keys), unclaimed: new Set(left) };
}

/** Adds ids; past the bound the earliest are forgotten, but never one of those that the feed has now. */
export function remember(
  seen: readonly string[],
  present: readonly string[],
  bound: number = feedLimits.seenPerFeed,
): string[] {
  const now = new Set(present);
  const others = seen.filter((id) => !now.has(id));
  const room = Math.max(0, bound - now.size);
  return [...others.slice(Math.max(0, others.length - room)), ...now];
}

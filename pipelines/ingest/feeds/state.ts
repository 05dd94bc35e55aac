import { createHash } from "node:crypto";
import { StateFile } from "../state-file.js";
import type { Validators } from "./fetch.js";
import { feedLimits } from "./limits.js";

/** What is kept of a feed between two polls, and over a restart. */
export interface FeedState {
  readonly url: string;
  readonly validators: Validators;
  /** Ids of articles that were published, the latest last. */
  readonly seen: readonly string[];
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

/** Adds ids; past the bound the earliest are forgotten, but never one of those that the feed has now. */
export function remember(seen: readonly string[], present: readonly string[]): string[] {
  const now = new Set(present);
  const others = seen.filter((id) => !now.has(id));
  const room = Math.max(0, feedLimits.seenPerFeed - now.size);
  return [...others.slice(Math.max(0, others.length - room)), ...now];
}

/**
 * How many records of a partition the landing has read since the topic's beginning, kept beside its offset in the form in
 * which the stages keep theirs: emit counts records, duplicate those whose id the topic holds twice, reject those that
 * cannot be decoded. Against what a stage counted as published this shows a record that the topic has lost.
 *
 * Offset and count are committed at once, and what is delivered again is counted again from the same count.
 */
import { decodeProgress, encodeProgress, noOutcomes, type OutcomeCounts } from "../runtime/stage/progress.js";

export type ReadCounts = Pick<OutcomeCounts, "emit" | "duplicate" | "reject">;

const nothingRead: ReadCounts = { emit: 0, duplicate: 0, reject: 0 };

export function encodeReadCounts(counts: ReadCounts): string {
  return encodeProgress({ outcomes: { ...noOutcomes(), ...counts }, outputs: [] });
}

/** What is committed with the first offset of a topic that was emptied. */
export const nothingReadYet = encodeReadCounts(nothingRead);

/**
 * @param commit undefined when nothing was ever committed
 * @param low first offset that the topic still holds
 * @returns undefined where records passed uncounted: by an older build, or by retention
 */
export function readCountsOf(
  commit: { readonly offset: number; readonly metadata?: string } | undefined,
  low: number,
): ReadCounts | undefined {
  if (!commit) return low === 0 ? nothingRead : undefined;
  if (!commit.metadata) return commit.offset === 0 ? nothingRead : undefined;
  const { emit, duplicate, reject } = decodeProgress(commit.metadata).outcomes;
  return { emit, duplicate, reject };
}

/** @param before undefined where it is not known, and then it stays so */
export function countOn(before: ReadCounts | undefined, read: ReadCounts): ReadCounts | undefined {
  return (
    before && {
      emit: before.emit + read.emit,
      duplicate: before.duplicate + read.duplicate,
      reject: before.reject + read.reject,
    }
  );
}

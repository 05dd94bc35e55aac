/** Distance of two words: insertions, deletions, replacements and swaps of neighbours (Damerau–Levenshtein, restricted). */
export function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[other.length] ?? 0;
}

/** Those of the candidates that the word was probably meant to be, the nearest first; a beginning of one counts too. */
export function closest(word: string, candidates: readonly string[]): string[] {
  const wanted = word.toLowerCase();
  const rated = [...new Set(candidates)].map((candidate) => {
    const name = candidate.toLowerCase();
    const isPart = wanted.length >= 3 && (name.startsWith(wanted) || name.split(".").includes(wanted));
    return { candidate, distance: isPart ? 0.5 : editDistance(wanted, name) };
  });
  const most = Math.max(1, Math.floor(word.length * 0.4));
  const near = rated.filter(({ distance }) => distance <= most).sort((a, b) => a.distance - b.distance);
  return near.filter(({ distance }) => distance === near[0]?.distance).map(({ candidate }) => candidate);
}

/** "Did you mean features?", or all there are. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = closest(word, candidates);
  return near.length > 0 ? `Did you mean ${near.join(" or ")}?` : `It is one of ${candidates.join(", ")}.`;
}

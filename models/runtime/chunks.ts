/**
 * Cuts work for several workers: large pieces first, so that few messages are needed (one costs about 0.1 ms), small
 * ones last, so that the workers end together.
 *
 * @param count items to share out
 * @param workers how many share them
 * @param smallest fewest items in a piece that is worth a message, but for the last
 * @param largest most items in a piece
 * @returns [start, end) of each piece, in order, covering all items
 */
export function chunks(
  count: number,
  workers: number,
  smallest: number,
  largest: number,
): (readonly [number, number])[] {
  const pieces: (readonly [number, number])[] = [];
  for (let start = 0; start < count;) {
    const left = count - start;
    // One worker has no other to end together with.
    const share = workers === 1 ? left : Math.floor(left / (2 * workers));
    const end = start + Math.min(left, largest, Math.max(smallest, share));
    pieces.push([start, end]);
    start = end;
  }
  return pieces;
}

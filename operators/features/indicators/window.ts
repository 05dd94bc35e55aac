/** A new window with `value` at its end, and at most the last `length` values. */
export function slide(window: readonly number[], value: number, length: number): number[] {
  const next = window.slice();
  if (next.length < length) {
    next.push(value);
    return next;
  }
  // In place: a shift and a push would leave an array with room for twice as much.
  const last = next.length - 1;
  for (let index = 0; index < last; index += 1) next[index] = next[index + 1] ?? 0;
  next[last] = value;
  return next;
}

/**
 * Sum of the last `count` values, added up from the oldest: nothing that has left the window leaves a trace.
 *
 * @param end how many values there are
 */
export function sumOfLast(window: ArrayLike<number>, count: number, end = window.length): number {
  let sum = 0;
  for (let index = Math.max(0, end - count); index < end; index += 1) sum += window[index] ?? 0;
  return sum;
}

/** Mean of the last `count` values, or of all when there are fewer. */
export function meanOfLast(window: ArrayLike<number>, count: number): number {
  return sumOfLast(window, count) / Math.max(1, Math.min(count, window.length));
}

/** Sample variance (n − 1) of the last `count` values. */
export function varianceOfLast(window: ArrayLike<number>, count: number): number {
  const mean = meanOfLast(window, count);
  const start = Math.max(0, window.length - count);
  let sum = 0;
  for (let index = start; index < window.length; index += 1) sum += ((window[index] ?? mean) - mean) ** 2;
  return sum / Math.max(1, window.length - start - 1);
}

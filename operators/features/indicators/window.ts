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

/** Mean of the last `count` values, added up from the oldest: nothing that has left the window leaves a trace. */
export function meanOfLast(window: readonly number[], count: number): number {
  const start = Math.max(0, window.length - count);
  let sum = 0;
  for (let index = start; index < window.length; index += 1) sum += window[index] ?? 0;
  return sum / Math.max(1, window.length - start);
}

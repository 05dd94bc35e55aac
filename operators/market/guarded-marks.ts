/** The marks of a symbol's guard as the state keeps them: flat, three numbers a bar, as an object a bar would cost a burst its time. */
import type { Bar, SymbolGuard } from "../../schemas/generated/types.js";
import { keptBars } from "../series/place-bar.js";
import { markOf, withMark, type Guarded, type PriceMark } from "../series/price-guard.js";

const width = 3;

export function guardedMarks({ marks, held }: Readonly<SymbolGuard>): Guarded {
  return { last: markAt(marks, marks.length - width), marks: () => unpacked(marks), held };
}

/** With one more bar that was taken in; the very same where it is among them, or lies before all that are kept. */
export function withBar(flat: readonly number[], bar: Readonly<Bar>): readonly number[] {
  const mark = markOf(bar, bar.eventTime);
  const last = flat[flat.length - width];
  if (last === undefined || mark.time > last)
    return flat.slice(-width * (keptBars - 1)).concat(mark.time, mark.close, mark.factor);
  const marks = unpacked(flat);
  const after = withMark(marks, mark);
  return after === marks ? flat : after.flatMap(({ time, close, factor }) => [time, close, factor]);
}

function markAt(flat: readonly number[], place: number): PriceMark | undefined {
  const [time, close, factor] = [flat[place], flat[place + 1], flat[place + 2]];
  return time === undefined || close === undefined || factor === undefined ? undefined : { time, close, factor };
}

function unpacked(flat: readonly number[]): PriceMark[] {
  const marks: PriceMark[] = [];
  for (let place = 0; place < flat.length; place += width) {
    const mark = markAt(flat, place);
    if (mark) marks.push(mark);
  }
  return marks;
}

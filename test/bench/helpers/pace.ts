import { setTimeout as sleep } from "node:timers/promises";

/**
 * Sends `count` things at `perSecond`, whatever the receiver does. Each has its moment; what is late when a send returns
 * goes with the next. Latency counted from the moment planned therefore includes the wait for a slow receiver.
 *
 * @returns the planned moments, on the clock of `performance.now()`
 */
export async function pace(
  count: number,
  perSecond: number,
  send: (from: number, until: number) => Promise<void>,
): Promise<Float64Array> {
  const started = performance.now() + 20;
  const moments = Float64Array.from({ length: count }, (_, index) => started + (index * 1000) / perSecond);
  for (let sent = 0; sent < count;) {
    const wait = (moments[sent] ?? 0) - performance.now();
    if (wait > 0) {
      await sleep(Math.ceil(wait));
      // The timer's own lateness is not the receiver's.
      moments[sent] = performance.now();
    }
    let due = sent;
    while (due < count && (moments[due] ?? 0) <= performance.now()) due += 1;
    if (due > sent) await send(sent, due);
    sent = due;
  }
  return moments;
}

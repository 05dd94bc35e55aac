/**
 * Everything is done and closed. A KafkaJS consumer that is disconnected while it fetches may connect once more, and that
 * socket is never closed: such a leftover must not keep the process alive. Without one it ends at once.
 */
export function endSoon(graceMs = 1000): void {
  setTimeout(() => process.exit(), graceMs).unref();
}

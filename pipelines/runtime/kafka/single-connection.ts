/**
 * KafkaJS 2.2.4 opens a socket for each call of `connect` that comes while another is under way, and keeps hold of the last
 * alone: two fetches that begin at once (a group that rebalances as it reads) leave a socket that is never closed and
 * keeps the process alive for ever. Here such calls wait for the one under way.
 *
 * A connection that breaks in the middle of an answer keeps what had come of it, and puts it before the first answer of the next
 * connection: from then on it reads lengths where there are none, and no request is ever answered. The socket before, too, still brings what it has (a late answer, its end) as if it were the new
 * one's. Here a connection begins with nothing, and its former socket is gone.
 */

/** What has come of an answer so far. */
interface Received {
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
}

/** Of the length before each answer. */
const lengthBytes = 4;

interface Connection extends Received {
  readonly socket?: { destroy(): void };
  isConnected(): boolean;
  connect(this: Connection): Promise<unknown>;
}

/** @param require of the module that loads KafkaJS, so that it is the same copy */
export function shareConnecting(require: NodeJS.Require): void {
  const { prototype } = require("kafkajs/src/network/connection") as { prototype: Connection };
  const connecting = new WeakMap<Connection, Promise<unknown>>();
  // Called below with the connection as its `this`.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const original = prototype.connect;
  prototype.connect = function connect(this: Connection) {
    const known = connecting.get(this);
    if (known) return known;
    if (!this.isConnected()) {
      this.socket?.destroy();
      Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: lengthBytes } satisfies Received);
    }
    const attempt = original.call(this).finally(() => connecting.delete(this));
    connecting.set(this, attempt);
    return attempt;
  };
}

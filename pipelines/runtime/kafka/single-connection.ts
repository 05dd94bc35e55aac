/**
 * KafkaJS 2.2.4 opens a socket for each call of `connect` that comes while another is under way, and keeps hold of the last
 * alone: two fetches that begin at once (a group that rebalances as it reads) leave a socket that nobody closes, and that
 * keeps the process alive for ever. Here such calls wait for the one under way.
 */

interface Connection {
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
    const attempt = original.call(this).finally(() => connecting.delete(this));
    connecting.set(this, attempt);
    return attempt;
  };
}

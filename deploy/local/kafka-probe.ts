import { connect } from "node:net";

const metadataKey = 3;
const metadataVersion = 4;

/**
 * Whether a broker answers, and names one that serves. Counting brokers instead of taking any reply matters: a broker answers before the
 * controller has unfenced it, and until then it is not in the list and cannot serve.
 */
export async function kafkaAnswers(port: number, timeoutMs = 2_000): Promise<boolean> {
  return (await knownBrokers(port, timeoutMs)).length > 0;
}

/**
 * The ids of the brokers in the metadata of the one on this port; none when it does not answer. Requests the cluster's metadata without any topic.
 * Protocol: kafka.apache.org/protocol#The_Messages_Metadata
 */
export function knownBrokers(port: number, timeoutMs = 2_000): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    let reply = Buffer.alloc(0);
    const finish = (brokers: number[]): void => {
      socket.destroy();
      resolve(brokers);
    };
    socket.setTimeout(timeoutMs, () => finish([]));
    socket.once("error", () => finish([]));
    socket.once("close", () => finish([]));
    socket.once("connect", () => socket.write(metadataRequest()));
    socket.on("data", (chunk: Buffer) => {
      reply = Buffer.concat([reply, chunk]);
      if (reply.length >= 4 && reply.length >= 4 + reply.readInt32BE(0)) finish(brokerIds(reply));
    });
  });
}

/** Size, correlation id and throttle time come first, then the brokers: each an id, a host, a port and perhaps a rack. */
function brokerIds(reply: Buffer): number[] {
  const ids: number[] = [];
  let offset = 16;
  for (let count = reply.readInt32BE(12); count > 0; count -= 1) {
    ids.push(reply.readInt32BE(offset));
    offset += 4 + 2 + reply.readInt16BE(offset + 4) + 4;
    offset += 2 + Math.max(0, reply.readInt16BE(offset));
  }
  return ids;
}

function metadataRequest(): Buffer {
  const clientId = Buffer.from("newstape-health");
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4 + 1);
  let offset = request.writeInt32BE(request.length - 4, 0);
  offset = request.writeInt16BE(metadataKey, offset);
  offset = request.writeInt16BE(metadataVersion, offset);
  offset = request.writeInt32BE(1, offset);
  offset = request.writeInt16BE(clientId.length, offset);
  offset += clientId.copy(request, offset);
  // No topics, and create none.
  offset = request.writeInt32BE(0, offset);
  request.writeInt8(0, offset);
  return request;
}

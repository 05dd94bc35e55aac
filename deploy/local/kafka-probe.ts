import { connect } from "node:net";

const metadataKey = 3;
const metadataVersion = 4;

/**
 * Asks for the cluster's metadata without any topic. Counting brokers instead of taking any reply matters: a broker answers before the
 * controller has unfenced it, and until then it is not in the list and cannot serve. Protocol: kafka.apache.org/protocol#The_Messages_Metadata
 */
export function kafkaAnswers(port: number, timeoutMs = 2_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    let reply = Buffer.alloc(0);
    const finish = (healthy: boolean): void => {
      socket.destroy();
      resolve(healthy);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
    socket.once("connect", () => socket.write(metadataRequest()));
    socket.on("data", (chunk: Buffer) => {
      reply = Buffer.concat([reply, chunk]);
      // size, correlation id, throttle time, number of brokers: four int32.
      if (reply.length >= 16) finish(reply.readInt32BE(12) > 0);
    });
  });
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

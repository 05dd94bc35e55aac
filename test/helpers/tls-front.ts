/** TLS in front of a server that has none: for PostgreSQL after its own request for it, for the registry from the first byte. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { TLSSocket, type SecureContextOptions } from "node:tls";

export interface TlsFront {
  readonly port: number;
}

/** Of the request with which a client of PostgreSQL asks for TLS: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const sslRequestBytes = 8;

export async function tlsFront(
  t: TestContext,
  target: { readonly host: string; readonly port: number },
  options: SecureContextOptions & {
    readonly asksFirst?: boolean;
    readonly requestCert?: boolean;
    readonly rejectUnauthorized?: boolean;
  },
): Promise<TlsFront> {
  const open = new Set<Socket>();
  const server = createServer((socket) => void forward(socket));
  const forward = async (socket: Socket): Promise<void> => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    if (options.asksFirst) {
      const [request] = (await once(socket, "data")) as [Buffer];
      if (request.length !== sslRequestBytes) return void socket.destroy();
      socket.write("S");
    }
    const secure = new TLSSocket(socket, { isServer: true, ...options });
    const behind = connect(target);
    open.add(behind);
    for (const [one, other] of [
      [secure, behind],
      [behind, secure],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    secure.pipe(behind);
    behind.pipe(secure);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port };
}

/** Sockets to the brokers over TLS, each with the certificates that the files hold when it is opened. */
import { isIP } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";
import type { ISocketFactory } from "kafkajs";
import { ReloadedTls, type TlsFiles } from "../tls.js";

const keepAliveMs = 60_000;

/** As KafkaJS's own does, but for the files. */
export function tlsSockets(files: TlsFiles, onProblem: (problem: string) => void): ISocketFactory {
  const tls = new ReloadedTls(files, onProblem);
  return ({ host, port, onConnect }) => {
    const options: ConnectionOptions = { host, port, ...tls.current(), ...(isIP(host) === 0 && { servername: host }) };
    const socket = connect(options, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    return socket;
  };
}

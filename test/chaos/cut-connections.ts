/**
 * Loaded into a process under attack before its program: SIGUSR2 breaks all its connections at once, as a network that fails
 * does. The process sees ECONNRESET, the servers see an end without a goodbye.
 */
import { Socket } from "node:net";

const open = new Set<Socket>();
// Each client makes its sockets in a way of its own; all of them pass here.
const connect = Reflect.get(Socket.prototype, "connect");
Socket.prototype.connect = function (this: Socket, ...parameters: never[]): Socket {
  open.add(this);
  this.once("close", () => open.delete(this));
  return Reflect.apply<Socket, never[], Socket>(connect, this, parameters);
};

process.on("SIGUSR2", () => {
  for (const socket of open) socket.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
});

import { connect, createServer } from "node:net";
import { StackError } from "./errors.js";
import { portHolder } from "./port-holder.js";

const address = "127.0.0.1";

/** Whether a server could listen on this port of the loopback address now, and no server that listens on all addresses is there already. */
export async function isPortFree(port: number): Promise<boolean> {
  // macOS lets us listen on 127.0.0.1 although another server has the port on all addresses, and would then take its clients away.
  return (await canListen(port)) && !(await somebodyAnswers(port));
}

function somebodyAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1_000 });
    const finish = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", () => finish(true));
    socket.once("timeout", () => finish(true));
    socket.once("error", () => finish(false));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}

/**
 * A free port outside the system's range for outgoing connections (from 32768 on Linux, 49152 on macOS): while a killed
 * broker is down, a reconnecting client could be given the broker's own port as its source port, and the broker could not come back.
 */
export async function anyFreePort(taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new StackError("PORT_BUSY", "No free port was found between 20000 and 29999.");
}

/** The first free port from `first` on. */
export async function nextFreePort(first: number, taken: ReadonlySet<number>): Promise<number> {
  for (let port = first; port < first + 100; port++) {
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new StackError("PORT_BUSY", `No free port was found between ${first} and ${first + 99}.`);
}

/** The error for a port that the user set by number and that another program holds. */
export async function portBusyError(what: string, port: number): Promise<StackError> {
  const holder = await portHolder(port);
  const by = holder ? ` by process ${holder.pid} (${holder.command.slice(0, 120)})` : "";
  return new StackError("PORT_BUSY", `Port ${port} for ${what} is in use${by}. Free it or choose another port.`);
}

/** What the user set: this port and no other, or (undefined) whatever is free. */
export interface PortWish {
  explicit?: number | undefined;
  /** Used last time: clients may have it written down somewhere. */
  recorded?: number | undefined;
  /** The usual one; undefined: anywhere. */
  usual?: number | undefined;
}

/** Chooses a port that is free now. Only a port set by number is an error when busy. */
export async function choosePort(what: string, wish: PortWish, taken: ReadonlySet<number>): Promise<number> {
  if (wish.explicit !== undefined) {
    if (taken.has(wish.explicit) || !(await isPortFree(wish.explicit))) throw await portBusyError(what, wish.explicit);
    return wish.explicit;
  }
  const { recorded, usual } = wish;
  if (recorded !== undefined && !taken.has(recorded) && (await isPortFree(recorded))) return recorded;
  return usual === undefined ? anyFreePort(taken) : nextFreePort(usual, taken);
}

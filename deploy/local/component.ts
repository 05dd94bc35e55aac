import type { RunningProcess } from "./processes.js";
import type { ComponentName, ComponentState } from "./state.js";

/** Where a component's data is, and what was recorded about it. */
export interface ComponentPlace {
  /** The stack's data directory, absolute and without symbolic links. */
  dataDirectory: string;
  state: ComponentState;
}

/** What a component is given to be started with. */
export interface ComponentContext extends ComponentPlace {
  /** This component's folder in the cache; empty for one that Maven does not bring. */
  artifactDirectory: string;
  java: string;
}

/** How to start a process. */
export interface Launch {
  command: string;
  parameters: string[];
  uid?: number;
  gid?: number;
}

/** One of the three servers. What is particular to it is in its own file; lifecycle.ts and stack.ts treat all alike. */
export interface Component {
  name: ComponentName;
  title: string;
  defaultPort: number;
  /** True when Maven brings it and Java runs it. */
  needsJava: boolean;
  /** True when it is started often enough for an archive of its classes to pay: one is made by as much work as ten starts. */
  usesArchive: boolean;
  /** The signal that requests a graceful end. */
  stopSignal: NodeJS.Signals;
  /** Decides what must be remembered beside the port, before anything is written. */
  plan(place: ComponentPlace): Promise<ComponentState>;
  /** Brings the data into a state that can be started from, whatever happened before. */
  prepare(context: ComponentContext): Promise<Launch>;
  /** What a process of this machine is to this component: the server itself, a child of it, or none of its business. */
  roleOf(process: RunningProcess, place: ComponentPlace): "server" | "child" | undefined;
  /** A real question to the server and its answer. */
  probe(place: ComponentPlace): Promise<boolean>;
  /** What is still to do once the server answers; must be repeatable. */
  finish?(place: ComponentPlace): Promise<void>;
  /** The address as clients want it. */
  address(place: ComponentPlace): Promise<string>;
}

/** Finds an argument in a command line whose arguments were joined by spaces. */
export function hasArgument(process: RunningProcess, argument: string): boolean {
  return ` ${process.command} `.includes(` ${argument} `);
}

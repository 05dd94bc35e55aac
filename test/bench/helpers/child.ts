import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { topRows, type ProfileRow } from "./profile.js";

export interface BenchChild<Message> {
  readonly pid: number;
  /** Resolves with the next message for which `pick` gives something. */
  message<Picked>(pick: (message: Message) => Picked | undefined): Promise<Picked>;
  /** Signals it to end and waits until it has. */
  stop(): Promise<void>;
  /** After `stop`: where its processor time went. Only when it was started with `profile`. */
  profile(): Promise<ProfileRow[]>;
}

export interface ChildOptions {
  readonly arguments?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  readonly profile?: boolean;
  /** Further options of Node, e.g. `--expose-gc`. */
  readonly nodeOptions?: readonly string[];
}

/** Starts a compiled program of this folder in a process of its own, so that its memory and its time are its own. */
export async function startChild<Message>(program: string, options: ChildOptions = {}): Promise<BenchChild<Message>> {
  const profiles = options.profile ? await mkdtemp(join(tmpdir(), "newstape-profile-")) : undefined;
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), options.arguments ?? [], {
    env: options.environment ?? process.env,
    execArgv: [
      "--enable-source-maps",
      ...(profiles ? ["--cpu-prof", `--cpu-prof-dir=${profiles}`] : []),
      ...(options.nodeOptions ?? []),
    ],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    message: (pick) =>
      new Promise((resolve, reject) => {
        child.on("message", (message) => {
          const picked = pick(message as Message);
          if (picked !== undefined) resolve(picked);
        });
        void exited.then((code) => reject(new Error(`${program} ended with ${code} before it reported`)));
      }),
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
      const code = await exited;
      clearTimeout(timer);
      if (code !== 0) throw new Error(`${program} ended with ${code}`);
    },
    profile: async () => {
      if (!profiles) throw new Error(`${program} was not profiled`);
      // Worker threads write one of their own: the main thread's is the first.
      const files = (await readdir(profiles)).filter((file) => file.endsWith(".cpuprofile")).sort(byThread);
      const rows = topRows(join(profiles, files[0] ?? ""));
      await rm(profiles, { recursive: true });
      return rows;
    },
  };
}

/** CPU.<date>.<time>.<process>.<thread>.<sequence>.cpuprofile */
const byThread = (left: string, right: string): number => threadOf(left) - threadOf(right);
const threadOf = (file: string): number => Number(file.split(".")[4]);

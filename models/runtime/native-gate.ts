/**
 * A gate that a worker passes before it enters onnxruntime. A thread that is ended inside it (by `process.exit`, say)
 * takes the process with it: "terminate called after throwing an instance of 'Napi::Error'", exit code 134 in place of
 * the one intended. So at exit the gates are closed, and the process waits for whoever is inside.
 */

/** Shared between the two threads: whether the gate is closed, whether the worker is inside. */
export type NativeGate = SharedArrayBuffer;

const closed = 0;
const inside = 1;

/** Longest wait for one worker at exit; a run takes milliseconds. */
const exitWaitMs = 2_000;

const gates = new Set<NativeGate>();

/** A new gate that closes when the process exits. */
export function openGate(): NativeGate {
  if (gates.size === 0) process.on("exit", closeGates);
  const gate = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  gates.add(gate);
  return gate;
}

/** For a worker that has ended. */
export function forgetGate(gate: NativeGate): void {
  gates.delete(gate);
  if (gates.size === 0) process.off("exit", closeGates);
}

function closeGates(): void {
  const flags = [...gates].map((gate) => new Int32Array(gate));
  for (const flag of flags) Atomics.store(flag, closed, 1);
  for (const flag of flags) Atomics.wait(flag, inside, 1, exitWaitMs);
}

/** In the worker: does the work inside; never comes back once the gate is closed, for the process is about to end. */
export async function passGate<Result>(gate: NativeGate, work: () => Promise<Result>): Promise<Result> {
  const flags = new Int32Array(gate);
  const leave = (): void => {
    Atomics.store(flags, inside, 0);
    Atomics.notify(flags, inside);
  };
  // Enter first and look then: the other way round the gate could close in between.
  Atomics.store(flags, inside, 1);
  if (Atomics.load(flags, closed) === 1) {
    leave();
    return new Promise<never>(() => undefined);
  }
  return work().finally(leave);
}

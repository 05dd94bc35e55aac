/** The worker thread: holds one session of one model and answers one request after another. */
import { parentPort, workerData } from "node:worker_threads";
import { tasks, type ModelKind } from "../tasks.js";
import type { CardsByKind, ModelCard } from "./card.js";
import { ModelInputError } from "./errors.js";
import type { ModelSession } from "./model-session.js";
import { passGate } from "./native-gate.js";
import type { ExecutionProvider } from "./providers.js";
import type { FromWorker, InferenceWorkerStart, ToWorker } from "./protocol.js";
import { openSentimentSession } from "./sentiment-session.js";
import { openVectorSession } from "./vector-session.js";

type AnySession = ModelSession<unknown, Float32Array | Float64Array>;

const port = parentPort;
if (port === null) throw new Error("inference-worker runs only as a worker thread");

function post(message: FromWorker<unknown>, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

const start = workerData as InferenceWorkerStart;

type Open<Card> = (directory: string, card: Card, providers: readonly ExecutionProvider[]) => Promise<AnySession>;

/** The session of a model of each kind. */
const sessions: { readonly [Kind in ModelKind]: Open<CardsByKind[Kind]> } = {
  text: openSentimentSession,
  vector: openVectorSession,
};

async function open({ directory, card, providers }: InferenceWorkerStart): Promise<AnySession> {
  const session = await (sessions[tasks[card.task].kind] as Open<ModelCard>)(directory, card, providers);
  await session.warmUp();
  return session;
}

/** @returns whether the session can be trusted with more */
async function answer(session: AnySession, job: number, request: unknown): Promise<boolean> {
  try {
    const result = await passGate(start.gate, () => session.run(request));
    post({ kind: "done", job, result }, [result.buffer as ArrayBuffer]);
    return true;
  } catch (error) {
    const isRefused = error instanceof ModelInputError;
    post({ kind: isRefused ? "refused" : "failed", job, reason: String(error) });
    return isRefused;
  }
}

try {
  const session = await passGate(start.gate, () => open(start));
  let isOpen = true;
  const handle = async (message: ToWorker<unknown>): Promise<void> => {
    if (!isOpen || (message.kind === "run" && (await answer(session, message.job, message.request)))) return;
    // After `close`, or broken: the thread ends by itself, between two runs, as nothing outside may end it safely.
    isOpen = false;
    await passGate(start.gate, () => session.release());
    port.close();
  };
  // Messages are handled one after another: one may arrive while a run is under way.
  let tail = Promise.resolve();
  port.on("message", (message: ToWorker<unknown>) => {
    tail = tail.then(() => handle(message));
  });
  post({ kind: "ready" });
} catch (error) {
  post({ kind: "unfit", error: error instanceof Error ? error : new Error(String(error)) });
}

/** The worker thread: holds one session of one model and answers one request after another. */
import { parentPort, workerData } from "node:worker_threads";
import { ModelInputError } from "./errors.js";
import type { ModelSession } from "./model-session.js";
import type { FromWorker, InferenceWorkerStart, ToWorker } from "./protocol.js";
import { openSentimentSession } from "./sentiment-session.js";
import { openVectorSession } from "./vector-session.js";

type AnySession = ModelSession<unknown, Float32Array | Float64Array>;

const port = parentPort;
if (port === null) throw new Error("inference-worker runs only as a worker thread");

function say(message: FromWorker<unknown>, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

async function open({ directory, card }: InferenceWorkerStart): Promise<AnySession> {
  const session =
    card.task === "sentiment" ? await openSentimentSession(directory, card) : await openVectorSession(directory, card);
  await session.warmUp();
  return session;
}

async function answer(session: AnySession, job: number, request: unknown): Promise<void> {
  try {
    const result = await session.run(request);
    say({ kind: "done", job, result }, [result.buffer as ArrayBuffer]);
  } catch (error) {
    say({ kind: error instanceof ModelInputError ? "refused" : "failed", job, reason: String(error) });
  }
}

try {
  const session = await open(workerData as InferenceWorkerStart);
  // Answers are chained: a message may arrive while a run is under way.
  let tail = Promise.resolve();
  port.on("message", (message: ToWorker<unknown>) => {
    tail = tail.then(async () => {
      if (message.kind === "run") return answer(session, message.job, message.request);
      await session.release();
      port.close();
    });
  });
  say({ kind: "ready" });
} catch (error) {
  say({ kind: "unfit", error: error instanceof Error ? error : new Error(String(error)) });
}

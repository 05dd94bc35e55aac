/**
 * A transformer that may be missing, fail or hang without holding up the news: a circuit breaker (M. Nygard, Release It!,
 * 2007). Closed: the transformer reads. It opens when the workers fail at a text that they were given twice, or when the
 * model's file is gone or another one, since what cannot be loaded again must not be relied on. Open: every text is
 * answered with null, and VADER stands in. A timer tries to load the model again and closes the circuit.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelReference, SentimentProbabilities } from "../../schemas/generated/types.js";
import { TransientError } from "../../schemas/transient-error.js";
import type { Closable } from "./artifact.js";
import { ModelInputError } from "./errors.js";
import { readVerified } from "./integrity.js";
import type { LoadedSentimentClassifier } from "./sentiment-classifier.js";
import type { SentimentClassifier } from "./types.js";

/** Why a text was left to VADER. */
export type PassedOver =
  /** The circuit was open, or opened on this text. */
  | "unavailable"
  /** The tokenizer or the model refused the text itself. */
  | "unreadable";

export interface ResilientOptions {
  readonly model: ModelReference;
  /** The artefact's directory, whose model file is watched. */
  readonly directory: string;
  /** Loads the artefact after checking it. */
  readonly load: () => Promise<LoadedSentimentClassifier>;
  /** Wait before the first attempt to load again; each further one waits twice as long, at most 30 times as long. */
  readonly pauseMs?: number;
  /** Called with the time that the transformer took for a batch, what it remembered included. */
  readonly onRead?: (seconds: number) => void;
  readonly onOpen?: (reason: string) => void;
  readonly onClose?: () => void;
  readonly onPassedOver?: (texts: number, why: PassedOver) => void;
}

export interface ResilientSentiment extends SentimentClassifier, Closable {
  /** Whether VADER stands in at present. */
  readonly isOpen: boolean;
}

/** Never rejects: a model that cannot be loaded begins with the circuit open. */
export async function startResilientSentiment(options: ResilientOptions): Promise<ResilientSentiment> {
  const breaker = new Breaker(options);
  await breaker.load();
  return breaker;
}

interface Closed {
  readonly classifier: LoadedSentimentClassifier;
  /** What the model's file looked like when its content was last checked. */
  looks: string;
}

class Breaker implements ResilientSentiment {
  readonly model: ModelReference;
  readonly #options: ResilientOptions;
  /** Present while the circuit is closed. */
  #closed: Closed | undefined;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #loading: Promise<void> | undefined;
  #hasEnded = false;
  /** Classifiers given up, until their workers have ended. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: ResilientOptions) {
    this.model = options.model;
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  get blendWeight(): number {
    return this.#closed?.classifier.blendWeight ?? 0;
  }

  async classify(texts: readonly string[]): Promise<readonly (SentimentProbabilities | null)[]> {
    if (this.#hasEnded) throw new TransientError("the classifier is closed");
    const closed = await this.#usable();
    if (closed) {
      try {
        const started = performance.now();
        const results = await this.#read(closed.classifier, texts);
        this.#options.onRead?.((performance.now() - started) / 1000);
        return results;
      } catch (error) {
        // Replaced by another model meanwhile: whoever tries the batch again gets that one.
        if (this.#hasEnded) throw error;
        this.#open(closed, String(error));
      }
    }
    this.#options.onPassedOver?.(texts.length, "unavailable");
    return texts.map(() => null);
  }

  load(): Promise<void> {
    return (this.#loading ??= this.#load().finally(() => (this.#loading = undefined)));
  }

  async close(): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    await this.#loading;
    await this.#closed?.classifier.close();
    await Promise.all(this.#leaving);
  }

  async #load(): Promise<void> {
    const { load, directory, onClose } = this.#options;
    let classifier: LoadedSentimentClassifier | undefined;
    try {
      classifier = await load();
      const looks = await looksOf(directory, classifier.card.modelFile);
      if (this.#hasEnded) return await classifier.close();
      this.#closed = { classifier, looks };
      if (this.#failures > 0) onClose?.();
      this.#failures = 0;
    } catch (error) {
      await classifier?.close();
      this.#failed(String(error));
    }
  }

  /** What may be used: its file is still the one that was checked. */
  async #usable(): Promise<Closed | undefined> {
    const closed = this.#closed;
    if (!closed) return undefined;
    const { card } = closed.classifier;
    try {
      const looks = await looksOf(this.#options.directory, card.modelFile);
      if (looks !== closed.looks) {
        // Touched or copied anew: its content decides.
        await readVerified(this.#options.directory, card.modelFile, card.sha256);
        closed.looks = looks;
      }
    } catch (error) {
      if (this.#hasEnded) throw new TransientError("the classifier is closed");
      this.#open(closed, String(error));
    }
    return this.#closed;
  }

  /** One text that cannot be read must not keep its batch mates from being read. */
  async #read(
    classifier: LoadedSentimentClassifier,
    texts: readonly string[],
  ): Promise<readonly (SentimentProbabilities | null)[]> {
    try {
      return await classifier.classify(texts);
    } catch (error) {
      if (!(error instanceof ModelInputError)) throw error;
      if (texts.length === 1) {
        this.#options.onPassedOver?.(1, "unreadable");
        return [null];
      }
      const halves = [texts.slice(0, texts.length >> 1), texts.slice(texts.length >> 1)];
      return (await Promise.all(halves.map((half) => this.#read(classifier, half)))).flat();
    }
  }

  /** Several batches may fail on the same classifier: the first opens the circuit. */
  #open(closed: Closed, reason: string): void {
    if (this.#closed !== closed) return;
    this.#closed = undefined;
    const leaving = closed.classifier.close().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    this.#failed(reason);
  }

  #failed(reason: string): void {
    if (this.#failures === 0) this.#options.onOpen?.(reason);
    const { pauseMs = 1000 } = this.#options;
    const pause = pauseMs * Math.min(2 ** this.#failures, 30);
    this.#failures += 1;
    if (!this.#hasEnded) this.#timer = setTimeout(() => void this.load(), pause).unref();
  }
}

/** Changes when the file is replaced or written to; reading it would cost tens of milliseconds a batch. */
async function looksOf(directory: string, file: string): Promise<string> {
  const { ino, size, mtimeMs, ctimeMs } = await stat(join(directory, file));
  return [ino, size, mtimeMs, ctimeMs].join(" ");
}

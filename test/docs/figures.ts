/** Figures of the pages, and the results of benchmarks that they are of. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../schemas/files.js";
import type { Page } from "./pages.js";

const folder = join(packageRoot, "test", "bench", "results");

interface Target {
  readonly what: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Result {
  readonly name: string;
  readonly date: string;
  /** Every number in it, those in its texts and in the names of its columns included. */
  readonly numbers: readonly number[];
  /** Targets that were not reached. */
  readonly missed: readonly Target[];
}

export function resultOf(name: string): Result {
  const document = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as {
    date: string;
    targets?: Target[];
    [part: string]: unknown;
  };
  const { settings, tables, targets = [] } = document;
  const numbers = numbersIn([settings, tables, targets, document["question"]]);
  return { name, date: document.date, numbers, missed: targets.filter(({ met }) => !met) };
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value === "string") return numbersOf(value);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(Array.isArray(value) ? [] : numbersOf(key)),
    ...numbersIn(part),
  ]);
}

/** A number that is no part of a word: `p50` and `fp32` have none. */
const numeral = /(?<![\w.])\d[\d,]*(?:\.\d+)?/g;

export const numbersOf = (text: string): number[] => figuresOf(text).map(Number);

/** The numbers of a text as they are written, without the commas; not those of code and dates. */
export function figuresOf(text: string): string[] {
  const plain = text.replaceAll(/`[^`]*`/g, " ").replaceAll(/\d{4}-\d\d-\d\d/g, " ");
  return [...plain.matchAll(numeral)].map(([figure]) => figure.replaceAll(",", ""));
}

/** Whether a figure is a number, rounded to the places that it shows; seconds may be of milliseconds. */
export function isRounded(figure: string, number: number): boolean {
  const places = figure.split(".")[1]?.length ?? 0;
  const most = 0.5 * 10 ** -places * (1 + 1e-9);
  return [number, number / 1000].some((value) => Math.abs(value - Number(figure)) <= most);
}

export interface Claim {
  readonly file: string;
  readonly claim: string;
  /** Results that it names, each with its day as \`name\`, YYYY-MM-DD. */
  readonly results: readonly Result[];
  /** The days that it gives them. */
  readonly dates: readonly string[];
  readonly figures: readonly string[];
}

const naming = /`([\w-]+)`,\s+(\d{4}-\d\d-\d\d)/g;

/** Rows of tables, list items and paragraphs that name a result. */
export function claimsOf({ file, text }: Page): Claim[] {
  const parts = text.split(/\n(?=\||- |\n)/);
  return parts.flatMap((part): Claim[] => {
    const named = [...part.matchAll(naming)].filter(([, name]) => existsSync(join(folder, `${name}.json`)));
    if (named.length === 0) return [];
    const results = named.map(([, name = ""]) => resultOf(name));
    const dates = named.map(([, , date = ""]) => date);
    return [{ file, claim: part.trim().slice(0, 200), results, dates, figures: figuresOf(part) }];
  });
}

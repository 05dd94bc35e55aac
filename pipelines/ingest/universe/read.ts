import { isUtf8 } from "node:buffer";
import { readFileSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { bundledSlice } from "../../../schemas/files.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import { defaultSymbols } from "../default-symbols.js";
import { refuseForeign } from "../input.js";
import { anySymbol } from "./any-symbol.js";
import { universeOf, universeOfSymbols } from "./listed-universe.js";
import { parseUniverse } from "./parse.js";
import { universeError, type UniverseProblem } from "./problem.js";
import type { Universe } from "./universe.js";

/** A universe's text may have this many bytes, about a million symbols. */
const maximumBytes = 64 * 1024 * 1024;

/** The 88 symbols of the bundled slice and of the models that were trained on it. */
export const bundledUniverse: Universe = universeOfSymbols(defaultSymbols, "the bundled list");

/**
 * The symbols that are let in, with the names, exchanges and former tickers of each.
 *
 * @param choice `any`, or a CSV file `symbol,name,aliases,exchange,currency,formerly`, gzip too, of which only `symbol` is
 *   needed; without a heading one symbol a line
 * @throws UserError when the file cannot be read, or naming the lines that are wrong
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { readUniverse } from "newstape";
 *
 * writeFileSync("mine.csv", "symbol,name,formerly\nMETA,Meta Platforms,FB until 2022-06-09\nBRK.B,Berkshire Hathaway,\n");
 * const universe = readUniverse("mine.csv");
 * const found = [universe.find("brk-b"), universe.find("FB", Date.parse("2020-01-02T15:00:00Z")), universe.find("TSLA")];
 * console.log(found.map((one) => ("symbol" in one ? one.symbol : one.code)).join(" ")); // BRK.B META UNKNOWN_SYMBOL
 * ```
 */
export function readUniverse(choice: string): Universe {
  if (choice === "any") return anySymbol;
  const { universe, problems } = examineUniverse(choice);
  if (problems.length > 0) throw universeError(choice, problems);
  return universe;
}

/**
 * A universe's file with all that is wrong with it.
 *
 * @throws UserError when the file cannot be read
 */
export function examineUniverse(file: string): {
  readonly universe: Universe;
  readonly problems: readonly UniverseProblem[];
  readonly unreadColumns: readonly string[];
} {
  const parsed = parseUniverse(textOf(file));
  const { universe, problems } = universeOf(file, parsed.lines);
  const all = [...parsed.problems, ...problems].sort((one, other) => one.line - other.line);
  if (parsed.lines.length === 0 && all.length === 0) {
    throw new UserError(
      `There is no symbol in ${file}`,
      "Write one symbol a line, or CSV with the heading symbol,name,aliases,exchange,currency,formerly.",
    );
  }
  return { universe, problems: all, unreadColumns: parsed.unreadColumns };
}

function textOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes, { maxOutputLength: maximumBytes });
  } catch (error) {
    throw new UserError(
      `The universe cannot be read: ${messageOf(error)}`,
      "Give --universe (or NEWSTAPE_UNIVERSE) a CSV file of symbols, or the word any.",
    );
  }
  refuseForeign(bytes, file);
  if (bytes.length > maximumBytes)
    throw new UserError(`${file} has more than ${maximumBytes} bytes`, "Give a file of symbols, not of data.");
  if (!isUtf8(bytes)) throw new UserError(`${file} is not UTF-8`, "Convert it: iconv -f WINDOWS-1252 -t UTF-8.");
  return bytes.toString("utf8");
}

/**
 * The universe of a file of news or bars for which none was chosen: of the bundled slice the bundled list; any other file
 * is let in whole.
 */
export function universeOfFile(input: string): Universe {
  return isBundledFile(input) ? bundledUniverse : anySymbol;
}

/** Whether a file is one of the bundled slice. */
export function isBundledFile(input: string): boolean {
  if (input === "-") return false;
  const place = realPath(input);
  return Object.values(bundledSlice).some((file) => realPath(file) === place);
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

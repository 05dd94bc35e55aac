import { readFileSync } from "node:fs";
import { messageOf, UserError } from "../../runtime/errors.js";
import { csvCells } from "../csv.js";
import { isWellFormedSymbol, normalSymbol } from "../universe/spelling.js";
import { defaultCompanies } from "./default-companies.js";

/** What a symbol's company is called. */
export interface CompanyNames {
  readonly symbol: string;
  /** Full name: `Apple Inc.`; "" when only the symbol is known. */
  readonly name: string;
  /** Further names. */
  readonly aliases: readonly string[];
  /** Phrases that hold a name and mean something else: `apple pie`. */
  readonly not: readonly string[];
}

/**
 * A list of symbols with names: CSV with the columns `symbol`, `name`, and optionally `aliases` and `not`, each a list
 * parted by `|`. A file without a header has them in this order; lines with a symbol alone are taken, `#` lines passed
 * over. Several lines may have the same name (two classes of shares): a text that names it is tagged with all of them.
 *
 * @param file undefined for the companies of the bundled models
 * @throws UserError when the file cannot be read, or naming the first line that is wrong
 */
export function readCompanies(file?: string): CompanyNames[] {
  if (file === undefined) return parseCompanies(defaultCompanies, "the bundled list");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `The list of companies cannot be read: ${messageOf(error)}`,
      "Give --companies a CSV file with the columns symbol,name,aliases.",
    );
  }
  return parseCompanies(text, file);
}

/** @param source named in errors */
export function parseCompanies(text: string, source: string): CompanyNames[] {
  const companies: CompanyNames[] = [];
  let columns = ["symbol", "name", "aliases", "not"];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const cells = csvCells(line);
    const wrong = (what: string): UserError =>
      new UserError(
        `Line ${index + 1} of ${source} ${what}: ${JSON.stringify(line.slice(0, 60))}`,
        "Write symbol,name,aliases; with several aliases parted by |.",
      );
    if (cells === undefined) throw wrong("is not valid CSV");
    if (companies.length === 0 && cells[0]?.trim().toLowerCase() === "symbol") {
      columns = cells.map((cell) => cell.trim().toLowerCase());
      continue;
    }
    const cell = (name: string): string => cells[columns.indexOf(name)]?.trim() ?? "";
    const list = (name: string): string[] =>
      cell(name)
        .split("|")
        .map((item) => item.trim())
        .filter((item) => item !== "");
    const symbol = normalSymbol(cell("symbol"));
    if (!isWellFormedSymbol(symbol)) throw wrong("begins with no symbol");
    companies.push({ symbol, name: cell("name"), aliases: list("aliases"), not: list("not") });
  }
  if (companies.length === 0)
    throw new UserError(`There is no company in ${source}`, "Write one symbol a line, with its name.");
  return companies;
}

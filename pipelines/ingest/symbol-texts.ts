import { shown, type Fields } from "./fields.js";
import { Refusal } from "./outcome.js";

/** Exchange codes that Bloomberg writes behind a ticker, as in `AAPL US`; those that are tickers themselves are left out. */
const bloombergExchanges = new Set("US UN UW UQ LN GY GR FP HK JP JT CT VX IN AU KS".split(" "));
const plainSymbol = /^[A-Za-z0-9.$^-]+$/;
const keysOfObjects = ["symbol", "ticker", "name"] as const;

/**
 * The symbols of an article as texts, however the file writes the list: an array, also of objects with a name; a text parted
 * by blanks, `;`, `,` or `|`; a list as Python or JSON prints it.
 *
 * @returns undefined where the field can stay as it is
 * @throws Refusal for `AAPL US`, which is one symbol and looks like two
 */
export function symbolTexts(raw: unknown): unknown {
  if (typeof raw === "string") return plainSymbol.test(raw) ? undefined : textsOf(raw);
  if (!Array.isArray(raw) || raw.every((item) => typeof item === "string")) return undefined;
  return raw.map((item: unknown) => (typeof item === "object" && item !== null ? nameOf(item) : item));
}

function nameOf(item: object): unknown {
  const values = item as Readonly<Record<string, unknown>>;
  const key = keysOfObjects.find((name) => typeof values[name] === "string");
  return key === undefined ? item : values[key];
}

/** A quoted item of a printed list, in either kind of quotes. */
const quoted = /"([^"]*)"|'([^']*)'/g;

function textsOf(raw: string): readonly string[] | undefined {
  const text = raw.trim();
  if (/^[[({].*[\])}]$/.test(text)) {
    const items = [...text.matchAll(quoted)].map(([, double, single]) => double ?? single ?? "");
    return items.length > 0 ? items : text.slice(1, -1).split(/[\s;,|]+/);
  }
  if (text.includes("|")) return text.split(/[\s;,|]+/);
  const [ticker, exchange, sector, ...more] = text.split(/\s+/);
  const isNumber = /^\d+$/.test(ticker ?? "") && /^[A-Z]{2}$/.test(exchange ?? "");
  const isBloomberg = isNumber || (/^[A-Z0-9/]+$/.test(ticker ?? "") && bloombergExchanges.has(exchange ?? ""));
  if (more.length === 0 && (sector === undefined ? isBloomberg : /^equity$/i.test(sector))) {
    throw new Refusal(
      "INVALID_FIELD",
      `symbols are ${shown(raw)}: one symbol with its exchange, or two? Write ${ticker ?? ""} alone, or parted by a comma`,
    );
  }
  return undefined;
}

/** The fields with their symbols as texts. */
export function withSymbolTexts(fields: Fields): Fields {
  const name = fields["symbols"] === undefined || fields["symbols"] === "" ? "symbol" : "symbols";
  const texts = symbolTexts(fields[name]);
  return texts === undefined ? fields : { ...fields, [name]: texts };
}

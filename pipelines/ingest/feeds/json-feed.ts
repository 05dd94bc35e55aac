import { ItemDraft } from "./draft.js";
import { FeedError } from "./feed-error.js";
import type { Feed } from "./feed.js";
import { feedLimits } from "./limits.js";
import { plainText } from "./text.js";

/** What only items of a JSON Feed are likely to have. */
const itemFields = ["content_text", "content_html", "external_url", "date_published"];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/).
 *
 * @param url of the document: relative links are meant from there
 * @throws FeedError
 */
export function readJsonFeed(text: string, url: string): Feed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FeedError("it begins like JSON and is none; perhaps it was cut off");
  }
  if (!isObject(value)) throw new FeedError("it is JSON, but no JSON Feed, which is an object with version and items");
  const found = Array.isArray(value["items"]) ? value["items"].filter(isObject) : [];
  // Some leave the version out; what has no texts or addresses either is something else.
  const isFeed =
    /jsonfeed\.org/i.test(textOf(value["version"])) || found.some((item) => itemFields.some((name) => name in item));
  if (!isFeed) throw new FeedError("it is JSON, but no JSON Feed: its version is not https://jsonfeed.org/version/1.1");
  return {
    title: plainText(textOf(value["title"])),
    items: found.slice(0, feedLimits.itemsPerFeed).map((fields) => itemOf(fields, url)),
    omitted: Math.max(0, found.length - feedLimits.itemsPerFeed),
    timeToLive: undefined,
  };
}

function itemOf(fields: Fields, base: string): ReturnType<ItemDraft["finished"]> {
  const item = new ItemDraft();
  const take = (name: string, offer: (text: string) => void): void => {
    const text = textOf(fields[name]).trim();
    if (text !== "") offer(text.slice(0, feedLimits.elementCharacters));
  };
  take("id", (id) => item.offerId(id, 1, true));
  take("url", (href) => item.offerLink(href, base, 2));
  take("external_url", (href) => item.offerLink(href, base, 1));
  take("title", (title) => item.offerTitle(title, 1));
  for (const [rank, name] of ["summary", "content_text", "content_html"].entries()) {
    take(name, (text) => item.offerText(text, rank));
  }
  for (const [rank, name] of ["date_published", "date_modified"].entries()) {
    take(name, (date) => item.offerDate(date, rank));
  }
  for (const tag of listOf(fields["tags"])) item.addCategory(textOf(tag), "");
  // Extensions begin with an underscore.
  for (const name of ["_symbols", "_tickers", "_symbol", "_ticker", "symbols", "tickers"]) {
    for (const ticker of listOf(fields[name])) item.addTickers(textOf(ticker));
  }
  return item.finished();
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, feedLimits.categoriesPerItem) : [value];

/** Identifiers are numbers at times. */
const textOf = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

import { hash } from "node:crypto";
import { recordId } from "../../../operators/record-id.js";
import { canonicalUrl } from "../canonical-url.js";
import { limits } from "../limits.js";
import type { FeedItem } from "./feed.js";

/** What a feed published before, as far as it is remembered. */
export interface Known {
  /** Ids of its articles. */
  readonly ids: ReadonlySet<string>;
  /** Keys of its items, see IdentifiedItem. */
  readonly keys: ReadonlySet<string>;
  /** Ids that a build published which kept no keys: each recognises one item. */
  readonly unclaimed: ReadonlySet<string>;
}

export interface IdentifiedItem {
  readonly item: FeedItem;
  /** The article's id, the same whenever the item is read, and its own among the feed's articles. */
  readonly id: string;
  readonly sourceId: string;
  /** Canonical; with its fragment where that alone tells it from others. */
  readonly url: string | undefined;
  readonly mainKey: string;
  /** What it is recognised by at later polls. */
  readonly keys: readonly string[];
  readonly isRepeat: boolean;
  /** The id of the former build that recognised it. */
  readonly claimed: string | undefined;
}

/** An item with what may identify it; what several items of a document share does not. */
interface Traits {
  readonly item: FeedItem;
  readonly guid: string | undefined;
  /** Canonical link without its fragment. */
  readonly base: string | undefined;
  readonly fragment: string;
  /** Title and date, with the link. */
  readonly words: string;
  /** The same item a second time in one document. */
  readonly whole: string;
}

const key = (...parts: readonly (string | number | undefined)[]): string =>
  hash("sha256", JSON.stringify(parts), "hex").slice(0, 24);

/**
 * Tells a document's items apart, and from those that were published before. An item is identified by the feed's identifier and
 * its link together: feeds give a link to several items, an identifier to several, or a new one to an old item.
 *
 * - An identifier or a link that several items of the document have identifies none of them; a link's fragment counts where it
 *   alone tells items apart, then or at an earlier poll.
 * - A new identifier is a new item even under a known link, and a new link even under a known identifier, unless the other one,
 *   title and date stay the same and the item that had them is gone.
 * - Where nothing else is left, title and date identify.
 *
 * @param source of the articles: part of ids that come from the feed's identifiers
 */
export function identify(items: readonly FeedItem[], source: string, known: Known): IdentifiedItem[] {
  const traits = items.map(traitsOf);
  const document = new SharedTraits(traits, known.keys);
  const taken = new Set<string>();
  const present = new Set<string>();
  const keyed = traits.map((one) => ({ one, keys: keysOf(one, document) }));
  // A word key says nothing new while the item that had it is still there.
  const held = new Set(keyed.filter(({ keys }) => known.keys.has(keys.main)).flatMap(({ keys }) => keys.words));
  const unclaimed = new Set(known.unclaimed);
  return keyed.map(({ one, keys }) => {
    const claimed = document.isShared(one) ? undefined : formerIds(one, source).find((id) => unclaimed.delete(id));
    const isKnown = known.keys.has(keys.main) || keys.words.some((word) => known.keys.has(word) && !held.has(word));
    const isRepeat = claimed !== undefined || isKnown || present.has(keys.main);
    present.add(keys.main);
    const chosen = isRepeat
      ? { id: "", url: one.base }
      : articleId(one, source, document, (id) => known.ids.has(id) || taken.has(id));
    taken.add(chosen.id);
    return {
      ...chosen,
      item: one.item,
      sourceId: sourceIdOf(one.item),
      mainKey: keys.main,
      keys: [keys.main, ...keys.words, ...keys.further],
      isRepeat,
      claimed,
    };
  });
}

function traitsOf(item: FeedItem): Traits {
  const link = item.link !== undefined && item.link.length <= limits.urlCharacters ? item.link : undefined;
  const base = link === undefined ? undefined : canonicalUrl(link);
  // An identifier that is the link over again says no more than its fragment: some count a text's versions there.
  const isLink = base !== undefined && item.id !== undefined && canonicalUrl(item.id) === base;
  const guid = isLink ? undefined : item.id;
  const fragment = link === undefined ? "" : new URL(link).hash || (isLink ? new URL(item.id ?? link).hash : "");
  const words = key("words", base, item.title, item.published);
  return { item, guid, base, fragment, words, whole: key(guid, base, fragment, words) };
}

/** How many different items of a document have an identifier or a link. */
class SharedTraits {
  readonly #counts = new Map<string, number>();

  constructor(
    traits: readonly Traits[],
    private readonly known: ReadonlySet<string>,
  ) {
    const counted = new Set<string>();
    for (const { guid, base, fragment, whole } of traits) {
      if (counted.has(whole)) continue;
      counted.add(whole);
      if (guid !== undefined) this.#count(`guid ${guid}`);
      if (base === undefined) continue;
      this.#count(`base ${base}`);
      this.#count(`full ${base}${fragment}`);
    }
  }

  #count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** The identifier, where no other item has it. */
  guid({ guid }: Traits): string | undefined {
    return guid !== undefined && this.#counts.get(`guid ${guid}`) === 1 ? guid : undefined;
  }

  /** Whether the link belongs to several items, now or at an earlier poll. */
  isShared({ base }: Traits): boolean {
    return base !== undefined && (this.isSharedNow(base) || this.known.has(sharedKey(base)));
  }

  isSharedNow(base: string): boolean {
    return (this.#counts.get(`base ${base}`) ?? 0) > 1;
  }

  /** The link, as far as it identifies. */
  location(one: Traits): string | undefined {
    const { base, fragment } = one;
    if (base === undefined || !this.isShared(one)) return base;
    return fragment !== "" && this.#counts.get(`full ${base}${fragment}`) === 1 ? base + fragment : undefined;
  }
}

const sharedKey = (base: string): string => key("shared", base);

function keysOf(one: Traits, document: SharedTraits): { main: string; words: string[]; further: string[] } {
  const { item, base, fragment } = one;
  const guid = document.guid(one);
  const location = document.location(one);
  const further = base !== undefined && document.isSharedNow(base) ? [sharedKey(base)] : [];
  if (guid !== undefined) {
    // Without a date, title and link are too little: a daily report has the same every day.
    const words = item.published === undefined ? [] : [one.words, key("guid words", guid, item.title, item.published)];
    return { main: key("guid", guid, base), words, further };
  }
  if (base === undefined || location === undefined) return { main: one.words, words: [], further };
  // Another item may come that shares the link: this one is then known by its fragment.
  if (location === base && fragment !== "") further.push(key("link", base + fragment));
  return { main: key("link", location), words: [one.words], further };
}

/** The best id that no other article of the feed has. */
function articleId(
  one: Traits,
  source: string,
  document: SharedTraits,
  isTaken: (id: string) => boolean,
): { id: string; url: string | undefined } {
  const { base, whole } = one;
  const location = document.location(one);
  const guid = document.guid(one);
  const choices = [
    ...(location === undefined ? [] : [{ id: recordId(location), url: location }]),
    ...(guid === undefined ? [] : [{ id: recordId(source, identifier(guid)), url: base }]),
  ];
  return choices.find(({ id }) => !isTaken(id)) ?? { id: recordId(source, whole), url: base };
}

function sourceIdOf(item: FeedItem): string {
  const url = item.link !== undefined && item.link.length <= limits.urlCharacters ? item.link : undefined;
  return identifier(item.id ?? url ?? hashOfWords(item.title, item.published));
}

const hashOfWords = (title: string, published: number | undefined): string =>
  hash("sha256", `${title}\u0000${published ?? ""}`, "hex");

/** Ids that builds without keys gave to an item: by its link, else by its identifier, else by its words. */
function formerIds({ item, base }: Traits, source: string): string[] {
  if (base !== undefined) return [recordId(base)];
  if (item.id !== undefined) return [recordId(source, identifier(item.id))];
  // They did not read all dates.
  return [item.published, undefined].map((date) => recordId(source, hashOfWords(item.title, date)));
}

/** Identifiers that are too long, or hold what no identifier should, are known by their hash. */
function identifier(text: string): string {
  const isPlain = text.length <= limits.identifierCharacters && !/[\u0000-\u001f\u007f]/.test(text);
  return isPlain ? text : hash("sha256", text, "hex");
}

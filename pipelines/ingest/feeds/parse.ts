import sax, { type Tag } from "sax";
import { parseFeedDate } from "./dates.js";
import { FeedError } from "./fetch.js";
import { feedLimits } from "./limits.js";
import { plainText } from "./text.js";

/** An article as a feed has it. */
export interface FeedItem {
  /** The feed's own identifier; undefined where it gives none. */
  readonly id: string | undefined;
  /** Absolute; undefined where there is none that can be read. */
  readonly link: string | undefined;
  /** Plain text. */
  readonly title: string;
  /** ms since 1970; undefined when it is missing or cannot be read. */
  readonly published: number | undefined;
}

export interface Feed {
  readonly title: string;
  readonly items: FeedItem[];
  /** How long it stays valid by its own fields (`ttl`, `sy:updatePeriod`), ms. */
  readonly timeToLive: number | undefined;
}

/** Elements of an item that are read, by local name; the namespaces that they may stand in. */
const plain = [
  "",
  "http://purl.org/rss/1.0/",
  "http://my.netscape.com/rdf/simple/0.9/",
  "http://www.w3.org/2005/atom",
  "http://purl.org/atom/ns#",
];
const dublinCore = ["http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"];
/** Where a prefix is not declared, which happens, its usual meaning counts. */
const usualPrefixes = new Map([
  ["", ""],
  ["dc", "http://purl.org/dc/elements/1.1/"],
  ["dcterms", "http://purl.org/dc/terms/"],
]);
const dateRank = ["published", "pubdate", "issued", "date", "created", "updated", "modified"];
const periods = new Map([
  ["hourly", 1],
  ["daily", 24],
  ["weekly", 168],
  ["monthly", 720],
  ["yearly", 8760],
]);
const hourMs = 3_600_000;

interface Draft {
  title: string | undefined;
  id: string | undefined;
  isPermalink: boolean;
  link: string | undefined;
  linkRank: number;
  dates: Map<string, number>;
}

/**
 * Reads RSS 0.9x and 2.0, RSS 1.0 (RDF) and Atom, leniently: half of the world's feeds are not well-formed. No document type,
 * entity or address in it is followed: sax knows HTML's named characters and no others.
 *
 * @param url of the document: relative links are meant from there
 * @throws FeedError when it is no feed
 */
export function parseFeed(text: string, url: string): Feed {
  return new FeedReader(url).read(text);
}

class FeedReader {
  readonly #parser = sax.parser(false, { lowercase: true, noscript: true, position: false });
  #root: string | undefined;
  readonly #path: string[] = [];
  readonly #bases: string[];
  /** Namespaces that an element declares, by prefix; undefined for most. Kept here, as sax compares each attribute with all others to do it. */
  readonly #namespaces: (Map<string, string> | undefined)[] = [];
  /** Of the element that is being read. */
  #attributes = 0;
  #item: Draft | undefined;
  #itemDepth = 0;
  /** The element whose text is collected, and how deep it lies. */
  #collecting: { name: string; depth: number; text: string; attribute: (name: string) => string } | undefined;
  #title = "";
  #timeToLive: number | undefined;
  #updatePeriod: number | undefined;
  #updateFrequency = 1;
  readonly #items: FeedItem[] = [];

  constructor(url: string) {
    this.#bases = [url];
  }

  read(text: string): Feed {
    const parser = this.#parser;
    parser.onopentag = (tag) => this.#open(tag);
    parser.onattribute = () => {
      this.#attributes += 1;
      if (this.#attributes > feedLimits.attributesPerElement)
        throw new FeedError("one of its elements has too many attributes");
    };
    parser.onclosetag = () => this.#close();
    parser.ontext = parser.oncdata = (piece) => this.#collect(piece);
    // Faults are passed over; what was read up to them counts.
    parser.onerror = () => void (parser.error = null);
    // In pieces: sax bounds its buffers between two of them only.
    for (let from = 0; from < text.length && this.#items.length < feedLimits.itemsPerFeed; from += 65_536) {
      parser.write(text.slice(from, from + 65_536));
    }
    if (this.#items.length < feedLimits.itemsPerFeed) parser.close();
    if (this.#root === undefined) throw new FeedError("it holds no XML, so it is no feed");
    if (!["rss", "rdf", "feed", "channel"].includes(this.#root)) {
      throw new FeedError(`it is <${this.#root.slice(0, 40)}>, not RSS or Atom`);
    }
    const period = this.#updatePeriod === undefined ? undefined : (this.#updatePeriod / this.#updateFrequency) * hourMs;
    return { title: this.#title, items: this.#items, timeToLive: this.#timeToLive ?? period };
  }

  #open(tag: Tag): void {
    const { attributes } = tag;
    this.#attributes = 0;
    const attribute = (name: string): string => attributes[name] ?? "";
    const [local = "", prefix = ""] = tag.name.split(":", 2).reverse();
    this.#root ??= local;
    if (this.#path.length >= feedLimits.depth)
      throw new FeedError(`its elements are nested more than ${feedLimits.depth} deep`);
    const base = this.#bases.at(-1) ?? "";
    const own = attribute("xml:base");
    this.#bases.push(own !== "" && URL.canParse(own, base) ? new URL(own, base).href : base);
    this.#path.push(local);
    this.#namespaces.push(declaredIn(attributes));
    if (this.#collecting !== undefined) return;
    const uri = this.#namespaceOf(prefix).toLowerCase();
    if (this.#item === undefined && plain.includes(uri) && (local === "item" || local === "entry")) {
      this.#item = {
        title: undefined,
        id: undefined,
        isPermalink: false,
        link: undefined,
        linkRank: 0,
        dates: new Map(),
      };
      this.#itemDepth = this.#path.length;
      // RSS 1.0 names an item by an attribute.
      this.#item.id = attribute("rdf:about") || undefined;
      return;
    }
    const isChild = this.#item !== undefined && this.#path.length === this.#itemDepth + 1;
    const isRead =
      plain.includes(uri) || (dublinCore.includes(uri) && /^(?:date|created|modified|issued|identifier)$/.test(local));
    if (isChild && isRead && local === "link" && attribute("href") !== "") {
      this.#offerLink(attribute("href"), rankOf(attribute("rel"), attribute("type")));
    } else if ((isChild && isRead) || (this.#item === undefined && this.#isOfFeed(local, uri))) {
      this.#collecting = { name: local, depth: this.#path.length, text: "", attribute };
    }
  }

  #namespaceOf(prefix: string): string {
    for (let depth = this.#namespaces.length - 1; depth >= 0; depth -= 1) {
      const uri = this.#namespaces[depth]?.get(prefix);
      if (uri !== undefined) return uri;
    }
    return usualPrefixes.get(prefix) ?? "unknown";
  }

  /** Elements of the feed itself: its title and how often it changes. */
  #isOfFeed(local: string, uri: string): boolean {
    if (/^(?:updateperiod|updatefrequency)$/.test(local)) return this.#path.length <= 3;
    return (
      (local === "title" || local === "ttl") &&
      plain.includes(uri) &&
      this.#path.length <= 3 &&
      !this.#path.includes("image")
    );
  }

  #collect(piece: string): void {
    const collecting = this.#collecting;
    if (collecting === undefined || collecting.text.length >= feedLimits.elementCharacters) return;
    collecting.text += piece.slice(0, feedLimits.elementCharacters - collecting.text.length);
  }

  #close(): void {
    const depth = this.#path.length;
    this.#path.pop();
    if (this.#collecting?.depth === depth) {
      const { name, text, attribute } = this.#collecting;
      this.#collecting = undefined;
      if (this.#item === undefined) this.#takeOfFeed(name, text.trim());
      else this.#takeOfItem(this.#item, name, text, attribute);
    }
    this.#bases.pop();
    this.#namespaces.pop();
    if (this.#item !== undefined && depth === this.#itemDepth) {
      if (this.#items.length < feedLimits.itemsPerFeed) this.#items.push(finished(this.#item));
      this.#item = undefined;
    }
  }

  #takeOfFeed(name: string, text: string): void {
    if (name === "title") this.#title ||= plainText(text);
    const number = Number(text);
    if (name === "ttl" && number > 0) this.#timeToLive = number * 60_000;
    if (name === "updateperiod") this.#updatePeriod = periods.get(text.toLowerCase());
    if (name === "updatefrequency" && number > 0) this.#updateFrequency = number;
  }

  #takeOfItem(item: Draft, name: string, text: string, attribute: (name: string) => string): void {
    const trimmed = text.trim();
    if (trimmed === "") return;
    if (name === "title") item.title ??= plainText(text);
    else if (name === "link") this.#offerLink(trimmed, 2);
    else if (name === "guid" || name === "id" || name === "identifier") {
      // What the format itself gives goes before Dublin Core.
      if (item.id === undefined || name !== "identifier") item.id = trimmed;
      if (name === "guid") item.isPermalink = attribute("ispermalink").toLowerCase() !== "false";
    } else if (dateRank.includes(name)) {
      const date = parseFeedDate(trimmed);
      if (date !== undefined && !item.dates.has(name)) item.dates.set(name, date);
    }
  }

  #offerLink(href: string, rank: number): void {
    const item = this.#item;
    const base = this.#bases.at(-1);
    if (item === undefined || rank <= item.linkRank || !URL.canParse(href, base)) return;
    const url = new URL(href, base);
    if (url.protocol !== "http:" && url.protocol !== "https:") return;
    item.link = url.href;
    item.linkRank = rank;
  }
}

function declaredIn(attributes: Readonly<Record<string, string>>): Map<string, string> | undefined {
  let declared: Map<string, string> | undefined;
  for (const [name, value] of Object.entries(attributes)) {
    const prefix = /^xmlns(?::(.+))?$/.exec(name);
    if (prefix !== null) (declared ??= new Map<string, string>()).set(prefix[1] ?? "", value);
  }
  return declared;
}

/** An Atom entry has several links: the page itself goes before others, and feeds, media and comments are none. */
function rankOf(rel: string, type: string): number {
  const relation = rel.toLowerCase();
  if (relation !== "" && relation !== "alternate") return 0;
  return /^(?:text\/html|application\/xhtml\+xml)?$/i.test(type) ? 2 : 1;
}

function finished({ title = "", id, isPermalink, link, dates }: Draft): FeedItem {
  const permalink = isPermalink && id !== undefined && /^https?:\/\//i.test(id) && URL.canParse(id) ? id : undefined;
  const named = dateRank.find((name) => dates.has(name));
  return { id, link: link ?? permalink, title, published: named === undefined ? undefined : dates.get(named) };
}

import { Parser } from "htmlparser2";
import { ItemDraft } from "./draft.js";
import { FeedError } from "./feed-error.js";
import type { Feed, FeedItem } from "./feed.js";
import { feedLimits } from "./limits.js";
import { plainText } from "./text.js";
import { isMarkup, isOfFormat, meaningOf, namespaceKey, usualNamespace, type Meaning } from "./vocabulary.js";

type Attributes = Readonly<Record<string, string>>;

/** An element that is open. */
interface Open {
  readonly local: string;
  /** Where relative addresses within it begin. */
  readonly base: string;
  /** Namespaces that it declares, by prefix; undefined for most. */
  readonly declared: ReadonlyMap<string, string> | undefined;
}

interface Collected {
  readonly meaning: Meaning | { readonly is: "feed"; readonly name: string };
  readonly depth: number;
  readonly attributes: Attributes;
  text: string;
}

const roots = new Set(["rss", "rdf", "feed", "channel"]);
const periods = new Map([
  ["hourly", 1],
  ["daily", 24],
  ["weekly", 168],
  ["monthly", 720],
  ["yearly", 8760],
]);
const hourMs = 3_600_000;
/** Where one of these begins, an element before it that was left open has ended. */
const endsOthers = /^(?:title|link|guid|pubdate|description|item|entry)$/;
/** What is no markup although it begins like it: `P/E < 5`, `<5 %`. CDATA sections and comments are passed over as they are. */
const strayBracket = /<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<!--[\s\S]*?(?:-->|$)|<(?![\p{L}_:/!?])/gu;

/**
 * Reads RSS and Atom leniently: half of the world's feeds are not well-formed. No document type, entity or address in it is
 * followed. htmlparser2 does the reading, since it ends a bare `&` where a tag begins, and goes on after mis-nested tags.
 */
export class XmlFeedReader {
  readonly #open: Open[] = [];
  #first: string | undefined;
  #isFeed = false;
  #rootNamespace = "";
  #attributes = 0;
  #item: ItemDraft | undefined;
  #itemNamespace = "";
  #itemDepth = 0;
  /** How deep the item's own elements lie: one below it, or more where one before was left open. */
  #childDepth = 0;
  #collected: Collected | undefined;
  #title = "";
  #timeToLive: number | undefined;
  #updatePeriod: number | undefined;
  #updateFrequency = 1;
  #omitted = 0;
  readonly #items: FeedItem[] = [];

  /** @param url of the document: relative links are meant from there */
  constructor(private readonly url: string) {}

  /** @throws FeedError */
  read(text: string): Feed {
    const parser = new Parser(
      {
        onattribute: () => this.#countAttribute(),
        onopentag: (name, attributes) => this.#start(name, attributes),
        onclosetag: () => this.#end(),
        ontext: (piece) => this.#take(piece),
      },
      { xmlMode: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
    );
    parser.end(text.replace(strayBracket, (found) => (found === "<" ? "&lt;" : found)));
    if (this.#first === undefined) throw new FeedError("it holds neither XML nor JSON, so it is no feed");
    if (!this.#isFeed) throw new FeedError(`it is <${this.#first.slice(0, 40)}>, not RSS or Atom`);
    const period = this.#updatePeriod === undefined ? undefined : (this.#updatePeriod / this.#updateFrequency) * hourMs;
    return {
      title: this.#title,
      items: this.#items,
      omitted: this.#omitted,
      timeToLive: this.#timeToLive ?? period,
    };
  }

  #countAttribute(): void {
    this.#attributes += 1;
    if (this.#attributes > feedLimits.attributesPerElement)
      throw new FeedError("one of its elements has too many attributes");
  }

  #start(name: string, attributes: Attributes): void {
    this.#attributes = 0;
    if (this.#open.length >= feedLimits.depth)
      throw new FeedError(`its elements are nested more than ${feedLimits.depth} deep`);
    const [local = "", prefix = ""] = name.split(":", 2).reverse();
    const outer = this.#open.at(-1)?.base ?? this.url;
    const own = attributes["xml:base"] ?? "";
    const base = own !== "" && URL.canParse(own, outer) ? new URL(own, outer).href : outer;
    this.#open.push({ local, base, declared: declaredIn(attributes) });
    const namespace = this.#namespaceOf(prefix);
    this.#noteRoot(local, namespace);
    const isPlain = this.#isPlain(prefix, namespace);
    if (this.#collected !== undefined) {
      if (!isPlain || !this.#endsCollected(local)) return;
      this.#endCollected();
      this.#childDepth = this.#open.length;
    }
    if (isPlain && (local === "item" || local === "entry")) this.#startItem(namespace ?? "", attributes);
    else if (this.#item !== undefined) this.#startPart(this.#item, local, namespace, isPlain, attributes);
    else if (this.#isOfFeed(local, isPlain)) this.#collect({ is: "feed", name: local }, attributes);
  }

  #noteRoot(local: string, namespace: string | undefined): void {
    this.#first ??= local;
    // A document may be one entry alone.
    const isAlone = this.#open.length === 1 && (local === "entry" || local === "item");
    if (this.#isFeed || (!roots.has(local) && !isAlone)) return;
    this.#isFeed = true;
    this.#rootNamespace = namespace ?? "";
  }

  /** Unprefixed names are RSS or Atom whatever namespace a feed declares for them, and so are those of its root and items. */
  #isPlain(prefix: string, namespace: string | undefined): boolean {
    if (namespace === undefined) return false;
    if (isMarkup(namespace)) return false;
    if (prefix === "" || isOfFormat(namespace)) return true;
    return namespace === (this.#item === undefined ? this.#rootNamespace : this.#itemNamespace);
  }

  #namespaceOf(prefix: string): string | undefined {
    for (let depth = this.#open.length - 1; depth >= 0; depth -= 1) {
      const uri = this.#open[depth]?.declared?.get(prefix);
      if (uri !== undefined) return uri;
    }
    return usualNamespace(prefix);
  }

  #startItem(namespace: string, attributes: Attributes): void {
    // One before that was left open ends here.
    this.#finishItem();
    this.#item = new ItemDraft();
    this.#itemNamespace = namespace;
    this.#itemDepth = this.#open.length;
    this.#childDepth = this.#itemDepth + 1;
    // RSS 1.0 names an item by an attribute, CDF links and dates it by some.
    const { "rdf:about": about = "", href, lastmod } = attributes;
    if (about !== "") this.#item.offerId(about, 1);
    if (href !== undefined) this.#item.offerLink(href, this.#base, 2);
    if (lastmod !== undefined) this.#item.offerDate(lastmod, 0);
  }

  #startPart(
    item: ItemDraft,
    local: string,
    namespace: string | undefined,
    isPlain: boolean,
    attributes: Attributes,
  ): void {
    const meaning = meaningOf(local, namespace, isPlain);
    if (meaning === undefined) return;
    // Ticker symbols are grouped: <sa:stock><sa:symbol>.
    if (this.#open.length !== this.#childDepth && meaning.is !== "ticker") return;
    const { href, term } = attributes;
    if (meaning.is === "link" && href !== undefined && href !== "") {
      item.offerLink(href, this.#base, rankOf(attributes["rel"] ?? "", attributes["type"] ?? ""));
    } else if (meaning.is === "category" && term !== undefined) {
      item.addCategory(term, attributes["scheme"] ?? "");
    } else this.#collect(meaning, attributes);
  }

  /** Elements of the feed itself: its title and how often it changes. */
  #isOfFeed(local: string, isPlain: boolean): boolean {
    if (this.#open.length > 3) return false;
    if (local === "updateperiod" || local === "updatefrequency") return true;
    const isInImage = this.#open.some((element) => element.local === "image");
    return (local === "title" || local === "ttl") && isPlain && !isInImage;
  }

  #collect(meaning: Collected["meaning"], attributes: Attributes): void {
    this.#collected = { meaning, depth: this.#open.length, attributes, text: "" };
  }

  #take(piece: string): void {
    const collected = this.#collected;
    if (collected === undefined || collected.text.length >= feedLimits.elementCharacters) return;
    collected.text += piece.slice(0, feedLimits.elementCharacters - collected.text.length);
  }

  /** Whether the element that has just begun ends the one whose text is collected, which nobody closed. */
  #endsCollected(local: string): boolean {
    const { meaning, depth } = this.#collected ?? {};
    if (depth !== this.#childDepth || meaning === undefined || meaning.is === "feed") return false;
    return endsOthers.test(local) && (meaning.is !== "text" || !/^(?:title|link)$/.test(local));
  }

  #end(): void {
    const depth = this.#open.length;
    if (this.#collected?.depth === depth) this.#endCollected();
    this.#open.pop();
    if (depth < this.#childDepth) this.#childDepth = Math.max(this.#itemDepth + 1, depth);
    if (this.#item !== undefined && depth === this.#itemDepth) this.#finishItem();
  }

  #endCollected(): void {
    const collected = this.#collected;
    this.#collected = undefined;
    if (collected === undefined) return;
    const { meaning, attributes } = collected;
    // Atom 0.3 says so by one attribute, Atom 1.0 by another.
    const isPacked = /^base64$/i.test(attributes["mode"] ?? "") || attributes["type"] === "application/octet-stream";
    const text = (isPacked ? Buffer.from(collected.text, "base64").toString() : collected.text).trim();
    if (text === "") return;
    if (meaning.is === "feed") this.#takeOfFeed(meaning.name, text);
    else if (this.#item !== undefined) takePart(this.#item, meaning, text, attributes, this.#base);
  }

  get #base(): string | undefined {
    return this.#open.at(-1)?.base;
  }

  #finishItem(): void {
    if (this.#item === undefined) return;
    if (this.#items.length < feedLimits.itemsPerFeed) this.#items.push(this.#item.finished());
    else this.#omitted += 1;
    this.#item = undefined;
  }

  #takeOfFeed(name: string, text: string): void {
    if (name === "title") this.#title ||= plainText(text);
    const number = Number(text);
    if (name === "ttl" && number > 0) this.#timeToLive = number * 60_000;
    if (name === "updateperiod") this.#updatePeriod = periods.get(text.toLowerCase());
    if (name === "updatefrequency" && number > 0) this.#updateFrequency = number;
  }
}

function takePart(
  item: ItemDraft,
  meaning: Meaning,
  text: string,
  attributes: Attributes,
  base: string | undefined,
): void {
  switch (meaning.is) {
    case "title":
      return item.offerTitle(text, meaning.rank);
    case "text":
      return item.offerText(text, meaning.rank);
    case "date":
      return item.offerDate(text, meaning.rank);
    case "link":
      return item.offerLink(text, base, 2);
    // What the format itself gives goes before Dublin Core.
    case "guid":
      return item.offerId(text, 3, attributes["ispermalink"]?.toLowerCase() !== "false");
    case "id":
      return item.offerId(text, 2);
    case "identifier":
      return item.offerId(text, 0);
    case "category":
      return item.addCategory(text, attributes["domain"] ?? attributes["scheme"] ?? attributes["type"] ?? "");
    case "ticker":
      return item.addTickers(exchangeOf(attributes) + text);
  }
}

/** `<bz:ticker exchange="NASDAQ">AAPL</bz:ticker>` is written as `NASDAQ:AAPL`. */
function exchangeOf(attributes: Attributes): string {
  const exchange = attributes["exchange"] ?? "";
  return exchange === "" ? "" : `${exchange}:`;
}

function declaredIn(attributes: Attributes): Map<string, string> | undefined {
  let declared: Map<string, string> | undefined;
  for (const [name, value] of Object.entries(attributes)) {
    const prefix = /^xmlns(?::(.+))?$/.exec(name);
    if (prefix !== null) (declared ??= new Map<string, string>()).set(prefix[1] ?? "", namespaceKey(value));
  }
  return declared;
}

/** An Atom entry has several links: the page itself goes before others, and feeds, media and comments are none. */
function rankOf(rel: string, type: string): number {
  const relation = rel.toLowerCase();
  if (relation !== "" && relation !== "alternate") return 0;
  return /^(?:text\/html|application\/xhtml\+xml)?$/i.test(type) ? 2 : 1;
}

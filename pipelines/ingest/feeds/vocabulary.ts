/** What the elements of an item mean, by local name and namespace. */
export type Meaning =
  | { readonly is: "title"; readonly rank: number }
  | { readonly is: "link" | "guid" | "id" | "identifier" | "category" | "ticker" }
  | { readonly is: "date"; readonly rank: number }
  /** The text of a post, which stands for a title that is missing. */
  | { readonly is: "text"; readonly rank: number };

/** Namespaces of RSS and Atom; without scheme, case and a last slash or hash, which feeds write as they like. */
const formats = new Set([
  "",
  "purl.org/rss/1.0",
  "purl.org/net/rss1.1",
  "my.netscape.com/rdf/simple/0.9",
  "channel.netscape.com/rdf/simple/0.9",
  "my.netscape.com/publish/formats/rss-0.91.dtd",
  "backend.userland.com/rss",
  "backend.userland.com/rss2",
  "backend.userland.com/rss091",
  "blogs.law.harvard.edu/tech/rss",
  "cyber.law.harvard.edu/rss",
  "cyber.harvard.edu/rss/rss.html",
  "www.rssboard.org/rss-specification",
  "purl.org/rss/1.0/modules/rss091",
  "www.w3.org/2005/atom",
  "purl.org/atom/ns",
]);
const dublinCore = new Set(["purl.org/dc/elements/1.0", "purl.org/dc/elements/1.1", "purl.org/dc/terms"]);
const media = "search.yahoo.com/mrss";
const content = "purl.org/rss/1.0/modules/content";
const prism = /^prismstandard\.org\/namespaces/;
/** What lies in these is text to be shown, whatever its elements are called. */
const markup = new Set(["www.w3.org/1999/xhtml", "www.w3.org/2000/svg", "www.w3.org/1998/math/mathml"]);
/** Where a prefix is not declared, which happens, its usual meaning counts. */
const usual = new Map([
  ["", ""],
  ["rss", ""],
  ["atom", "www.w3.org/2005/atom"],
  ["a10", "www.w3.org/2005/atom"],
  ["dc", "purl.org/dc/elements/1.1"],
  ["dcterms", "purl.org/dc/terms"],
  ["media", media],
  ["content", content],
]);

/** Dates of an item, the one that says most about its publication first. */
const dates = ["published", "pubdate", "issued", "publicationdate", "date", "created", "updated", "modified"];
const texts = ["description", "summary", "abstract", "tagline", "encoded", "content"];
const tickerNames = /^(?:stock|ticker)?_?(?:symbols?|tickers?)$/;

export function namespaceKey(uri: string): string {
  return uri
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/[/#]+$/, "");
}

/** @returns the namespace that a prefix has by custom; undefined for others */
export const usualNamespace = (prefix: string): string | undefined => usual.get(prefix);

export const isMarkup = (namespace: string): boolean => markup.has(namespace);

export const isOfFormat = (namespace: string): boolean => formats.has(namespace);

/**
 * @param local lower case
 * @param namespace its key; undefined for a prefix that nobody declares
 * @param isPlain whether the namespace is RSS or Atom
 * @returns undefined for elements that are not read
 */
export function meaningOf(local: string, namespace: string | undefined, isPlain: boolean): Meaning | undefined {
  // Each provider has a namespace of its own for these.
  if (tickerNames.test(local)) return { is: "ticker" };
  const isDublinCore = namespace !== undefined && dublinCore.has(namespace);
  if (local === "title") {
    if (isPlain) return { is: "title", rank: 3 };
    if (isDublinCore) return { is: "title", rank: 2 };
    return namespace === media ? { is: "title", rank: 1 } : undefined;
  }
  if (isPlain && (local === "link" || local === "guid" || local === "id")) return { is: local };
  if (isDublinCore && local === "identifier") return { is: "identifier" };
  if ((isPlain && local === "category") || (isDublinCore && local === "subject")) return { is: "category" };
  const isDated = isPlain || isDublinCore || (namespace !== undefined && prism.test(namespace));
  if (isDated && dates.includes(local)) return { is: "date", rank: dates.indexOf(local) };
  const isText = isPlain || isDublinCore || namespace === content || namespace === media;
  return isText && texts.includes(local) ? { is: "text", rank: texts.indexOf(local) } : undefined;
}

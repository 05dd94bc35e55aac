import type { Feed } from "./feed.js";
import { readJsonFeed } from "./json-feed.js";
import { XmlFeedReader } from "./xml-feed.js";

export type { Feed, FeedItem } from "./feed.js";

/**
 * Reads RSS 0.9x and 2.0, RSS 1.0 and 1.1 (RDF), Atom 0.3 and 1.0, CDF and JSON Feed.
 *
 * @param url of the document: relative links are meant from there
 * @throws FeedError when it is no feed
 */
export function parseFeed(text: string, url: string): Feed {
  const isJson = /^\s*[{[]/.test(text);
  return isJson ? readJsonFeed(text, url) : new XmlFeedReader(url).read(text);
}

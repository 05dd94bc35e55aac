/** Bounds of what a feed may do to this process. */
export const feedLimits = {
  /** Of the answer as it comes over the wire. */
  wireBytes: 5 * 1024 * 1024,
  /** Of the answer unpacked: a few kilobytes of gzip can hold gigabytes. */
  bodyBytes: 10 * 1024 * 1024,
  redirects: 5,
  /** Until the answer's headers, ms. */
  headersTimeout: 15_000,
  /** For one address from first to last byte, ms: a server that sends a byte a second is not waited for. */
  totalTimeout: 60_000,
  itemsPerFeed: 1_000,
  /** Of one element; longer texts are cut. */
  elementCharacters: 100_000,
  /** Categories and tickers each. */
  categoriesPerItem: 200,
  depth: 100,
  attributesPerElement: 200,
  /** Identifiers of articles of a feed that are remembered. */
  seenPerFeed: 5_000,
  /** Keys of items of a feed that are remembered: up to four an item. */
  keysPerFeed: 20_000,
  /** What a server sets by Retry-After, Cache-Control or ttl counts up to this, ms. */
  longestWait: 24 * 3_600_000,
  /** Back-off after errors ends here, ms. */
  longestBackOff: 6 * 3_600_000,
  /** Feeds that are fetched at the same time. */
  concurrentFeeds: 8,
} as const;

export type FeedLimits = { readonly [Name in keyof typeof feedLimits]: number };

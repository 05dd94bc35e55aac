import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recordId } from "../../../../operators/record-id.js";
import type { FeedItem } from "../../../../pipelines/ingest/feeds/feed.js";
import { identify, type Known } from "../../../../pipelines/ingest/feeds/identity.js";

const nothing: Known = { ids: new Set(), keys: new Set(), unclaimed: new Set() };
const item = (change: Partial<FeedItem>): FeedItem => ({
  ...{ id: undefined, link: undefined, title: "T", published: 1, unreadDate: undefined, categories: [], tickers: [] },
  ...change,
});

/** Polls documents one after the other; gives the titles of what is new at each, and all ids. */
function polls(...documents: FeedItem[][]): { fresh: string[][]; ids: string[] } {
  let known = nothing;
  const ids: string[] = [];
  const fresh = documents.map((items) => {
    const identified = identify(items, "host", known);
    const news = identified.filter(({ isRepeat }) => !isRepeat);
    ids.push(...news.map(({ id }) => id));
    known = {
      ids: new Set([...known.ids, ...news.map(({ id }) => id)]),
      keys: new Set([...known.keys, ...identified.flatMap(({ keys }) => keys)]),
      unclaimed: new Set(),
    };
    return news.map((one) => one.item.title);
  });
  assert.equal(new Set(ids).size, ids.length, "every article has an id of its own");
  return { fresh, ids };
}

const page = "https://x.example/page";

test("an article with a link of its own is known by it, as in files of news", () => {
  const { ids } = polls([
    item({ id: "g", link: "https://X.example/a?utm_source=rss#top" }),
    item({ id: "h", link: page }),
  ]);
  assert.deepEqual(ids, [recordId("https://x.example/a"), recordId(page)]);
});

test("a link that several items share identifies none, in one document or one at a time", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((id, index) =>
    item({ id, link: page, title: id, published: index + 1 }),
  );
  assert.ok(a && b && c && d);
  assert.deepEqual(polls([a, b], [b, c], [d]).fresh, [["a", "b"], ["c"], ["d"]]);
  assert.deepEqual(polls([a], [b], [c, d], [a]).fresh, [["a"], ["b"], ["c", "d"], []]);
  const words = [a, b, c].map((one) => ({ ...one, id: undefined }));
  assert.deepEqual(polls(words.slice(0, 2), words).fresh, [["a", "b"], ["c"]]);
});

test("an identifier that several items share identifies none", () => {
  const items = ["a", "b", "c"].map((title) => item({ id: "0", link: `https://x.example/${title}`, title }));
  assert.deepEqual(polls(items.slice(0, 2), items).fresh, [["a", "b"], ["c"]]);
  const same = ["a", "b"].map((title) => item({ id: "0", link: page, title }));
  assert.deepEqual(polls(same, same).fresh, [["a", "b"], []]);
});

test("a fragment counts where it tells items apart, and not where it counts versions", () => {
  const entry = (fragment: string, title: string): FeedItem => item({ link: `${page}#${fragment}`, title });
  assert.deepEqual(polls([entry("1", "a")], [entry("2", "b"), entry("1", "a")], [entry("3", "c")]).fresh, [
    ["a"],
    ["b"],
    ["c"],
  ]);
  const version = (number: number, title: string): FeedItem => item({ id: `${page}#${number}`, link: page, title });
  assert.deepEqual(polls([version(0, "a")], [version(1, "a, updated")]).fresh, [["a"], []]);
  const inGuid = [version(0, "a"), version(1, "b")];
  assert.deepEqual(polls(inGuid, inGuid).fresh, [["a", "b"], []]);
});

test("a new identifier or link for the same words of the same time is a repeat, once the old one is gone", () => {
  const random = (id: string): FeedItem => item({ id, link: page });
  assert.deepEqual(polls([random("1")], [random("2")], [random("3")]).fresh, [["T"], [], []]);
  assert.deepEqual(polls([random("1")], [random("1"), random("2")]).fresh, [["T"], ["T"]]);
  const session = (number: number): FeedItem => item({ id: "g", link: `${page}?session=${number}` });
  assert.deepEqual(polls([session(1)], [session(2)]).fresh, [["T"], []]);
  // A daily report without a date has the same title every day.
  const daily = (id: string): FeedItem => item({ id, link: page, published: undefined });
  assert.deepEqual(polls([daily("1")], [daily("2")]).fresh, [["T"], ["T"]]);
});

test("an item that stands twice in a document is one", () => {
  const one = item({ id: "g", link: page });
  assert.deepEqual(polls([one, { ...one }]).fresh, [["T"]]);
});

test("ids of the build before recognise one item each, and none by a shared link", () => {
  const known = { ...nothing, ids: new Set([recordId(page)]), unclaimed: new Set([recordId(page)]) };
  const repeats = (items: FeedItem[]): boolean[] => identify(items, "host", known).map(({ isRepeat }) => isRepeat);
  assert.deepEqual(repeats([item({ id: "a", link: page })]), [true]);
  assert.deepEqual(repeats([item({ id: "a", link: page }), item({ id: "b", link: page, title: "b" })]), [false, false]);
  const byId = { ...nothing, unclaimed: new Set([recordId("host", "a")]) };
  assert.equal(identify([item({ id: "a" })], "host", byId)[0]?.isRepeat, true);
});

test("property: polled twice nothing is new, and no two articles have one id", () => {
  const few = fc.constantFrom("a", "b", "c");
  const links = fc.constantFrom(undefined, page, `${page}#1`, `${page}#2`, "https://x.example/other");
  const anyItem = fc
    .record({
      id: fc.option(few, { nil: undefined }),
      link: links,
      title: few,
      published: fc.constantFrom(undefined, 1, 2),
    })
    .map(item);
  fc.assert(
    fc.property(fc.array(anyItem, { maxLength: 8 }), fc.array(anyItem, { maxLength: 8 }), (first, second) => {
      const { fresh } = polls(first, first, second, second);
      assert.deepEqual([fresh[1], fresh[3]], [[], []]);
    }),
    { numRuns: 500 },
  );
});

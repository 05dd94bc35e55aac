import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { textOf } from "../../../../pipelines/ingest/feeds/charset.js";
import { FeedError } from "../../../../pipelines/ingest/feeds/fetch.js";
import { parseFeed } from "../../../../pipelines/ingest/feeds/parse.js";
import { plainText } from "../../../../pipelines/ingest/feeds/text.js";
import { packageRoot } from "../../../../schemas/files.js";

const fixture = (name: string): Buffer => readFileSync(join(packageRoot, "test", "fixtures", "feeds", name));
const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();

test("RSS 2.0: CDATA, HTML, doubled escapes, other namespaces, relative links, permalinks, missing ids, odd dates", () => {
  const feed = parseFeed(textOf(fixture("rss2.xml"), ""), "https://news.example.com/feed.xml");
  assert.equal(feed.title, "Market & Money");
  assert.equal(feed.timeToLive, 15 * 60_000);
  assert.deepEqual(
    feed.items.map(({ id, link, title, published }) => [id, link, title, iso(published)]),
    [
      [
        "tag-1",
        "https://news.example.com/2015/09/apple?utm_source=rss#top",
        "Apple's profit beats estimates & shares rise",
        "2015-09-30T20:00:00.000Z",
      ],
      [
        "https://news.example.com/2015/09/att",
        "https://news.example.com/2015/09/att",
        "AT&T to buy DirecTV — report",
        "2015-09-30T19:30:00.000Z",
      ],
      [
        "https://news.example.com/2015/09/msft",
        "https://news.example.com/2015/09/msft",
        "No link but a permalink: Microsoft",
        "2015-09-30T18:00:00.000Z",
      ],
      [undefined, undefined, "Nothing but a title and a date that cannot be read", undefined],
      [undefined, "https://news.example.com/2015/09/untitled", "", "2015-09-30T10:00:00.000Z"],
    ],
  );
});

test("RSS 1.0: items beside the channel, named characters, update period", () => {
  const feed = parseFeed(textOf(fixture("rss1.rdf"), ""), "https://example.org/feed");
  assert.deepEqual([feed.title, feed.timeToLive], ["Example RDF", 30 * 60_000]);
  assert.deepEqual(feed.items, [
    {
      id: "https://example.org/1",
      link: "https://example.org/1",
      title: "Société Générale and Citigroup settle",
      published: Date.parse("2015-09-29T08:00:00Z"),
    },
  ]);
});

test("Atom: XHTML titles, the right link of several, xml:base, published before updated", () => {
  const feed = parseFeed(textOf(fixture("atom.xml"), ""), "https://blog.example.net/atom.xml");
  assert.equal(feed.title, "Blog & more");
  assert.deepEqual(feed.items, [
    {
      id: "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
      link: "https://blog.example.net/posts/exxon",
      title: "Exxon Mobil cuts spending",
      published: Date.parse("2015-09-30T10:00:00.250Z"),
    },
    {
      id: "urn:uuid:2",
      link: "https://blog.example.net/posts/2015/only-updated",
      title: "Only updated",
      published: Date.parse("2015-09-29T08:00:00Z"),
    },
  ]);
});

test("what is no feed is an error", () => {
  const refused = (text: string, message: RegExp): void =>
    assert.throws(
      () => parseFeed(text, "https://x.example/"),
      (error: Error) => error instanceof FeedError && message.test(error.message),
    );
  refused("<!DOCTYPE html><html><body>Not found</body></html>", /it is <html>, not RSS or Atom/);
  refused('{"items":[]}', /no XML/);
  refused("", /no XML/);
  refused(`<rss>${"<a>".repeat(200_000)}`, /nested more than 100 deep/);
});

test("entities of a document type are neither expanded nor fetched", () => {
  const laughs = Array.from({ length: 12 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join(
    "",
  );
  const bomb = `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">${laughs}<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>
    <rss><channel><item><title>&l12; &file; &amp; &l0;</title><guid>1</guid></item></channel></rss>`;
  const [item] = parseFeed(bomb, "https://x.example/").items;
  assert.equal(item?.title, "&l12; &file; & &l0;");
});

test("a huge title, many items and many attributes stay within bounds", () => {
  const title = "A".repeat(3_000_000);
  const [item] = parseFeed(
    `<rss><channel><item><title>${title}</title></item></channel></rss>`,
    "https://x.example/",
  ).items;
  assert.equal(item?.title.length, 100_000);
  const items = "<item><title>x</title></item>".repeat(5_000);
  assert.equal(parseFeed(`<rss><channel>${items}</channel></rss>`, "https://x.example/").items.length, 1_000);
  const attributes = Array.from({ length: 20_000 }, (_, index) => `a${index}="1"`).join(" ");
  const attributed = `<rss ${attributes}><channel/></rss>`;
  assert.throws(() => parseFeed(attributed, "https://x.example/"), /too many attributes/);
});

test("a link that is no web address is none", () => {
  for (const link of ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://"]) {
    const [item] = parseFeed(
      `<rss><channel><item><title>t</title><link>${link}</link></item></channel></rss>`,
      "https://x.example/",
    ).items;
    assert.equal(item?.link, undefined, link);
  }
});

test("charsets: byte order mark, Content-Type, declaration, then UTF-8", () => {
  const xml =
    "<?xml version='1.0' encoding='windows-1252'?><rss><channel><item><title>Nestl\u00e9</title></item></channel></rss>";
  const title = (bytes: Buffer, contentType: string): string | undefined =>
    parseFeed(textOf(bytes, contentType), "https://x.example/").items[0]?.title;
  assert.equal(title(Buffer.from(xml, "latin1"), "application/rss+xml"), "Nestlé");
  assert.equal(title(Buffer.from(xml, "utf8"), "text/xml; charset=UTF-8"), "Nestlé");
  assert.equal(title(Buffer.from(`\ufeff${xml}`, "utf8"), "text/xml; charset=latin1"), "Nestlé");
  assert.equal(title(Buffer.from(`\ufeff${xml}`, "utf16le"), ""), "Nestlé");
  assert.equal(title(Buffer.from(xml, "utf16le"), ""), "Nestlé");
  assert.throws(() => title(Buffer.from(xml), "text/xml; charset=klingon"), /charset "klingon" is unknown/);
});

test("plain text of titles", () => {
  const cases: Record<string, string> = {
    "a <b>bold</b>\n move<br/>up": "a bold move up",
    "3 < 5 and 7 > 2": "3 < 5 and 7 > 2",
    "AT&amp;T &#x2014; &rsquo; &nope; &#0; &#xd800; &#99999999;": "AT&T — ’ &nope; &#0; &#xd800; &#99999999;",
    "x<!-- hidden -->y": "xy",
  };
  for (const [text, wanted] of Object.entries(cases)) assert.equal(plainText(text), wanted);
  assert.equal(plainText("<a ".repeat(50_000)).length, 149_999);
});

const whole = ["rss2.xml", "rss1.rdf", "atom.xml"].map((name) => fixture(name));

test("property: any bytes, and any feed cut off or damaged anywhere, give items or a FeedError", () => {
  const damaged = fc
    .tuple(fc.constantFrom(...whole), fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 20 }), fc.boolean())
    .map(([bytes, at, length, junk, isCut]) => {
      const place = at % bytes.length;
      const rest = isCut ? [] : [bytes.subarray(place + (length % 50))];
      return Buffer.concat([bytes.subarray(0, place), Buffer.from(junk), ...rest]);
    });
  const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  const hostile = fc
    .string({ unit: "binary" })
    .map((text) =>
      Buffer.from(`<rss><channel><item><title>${text}</title><link>${text}</link><pubDate>${text}</pubDate></item>`),
    );
  fc.assert(
    fc.property(
      fc.oneof(damaged, random, hostile),
      fc.constantFrom("", "text/xml; charset=utf-8", "text/xml; charset=utf-16"),
      (bytes, type) => {
        try {
          for (const item of parseFeed(textOf(bytes, type), "https://x.example/feed").items) {
            assert.equal(typeof item.title, "string");
            assert.ok(item.link === undefined || /^https?:/.test(item.link));
            assert.ok(item.published === undefined || Number.isSafeInteger(item.published));
          }
        } catch (error) {
          assert.ok(error instanceof FeedError, String(error));
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

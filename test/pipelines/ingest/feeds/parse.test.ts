import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { textOf } from "../../../../pipelines/ingest/feeds/charset.js";
import { FeedError } from "../../../../pipelines/ingest/feeds/feed-error.js";
import { parseFeed, type FeedItem } from "../../../../pipelines/ingest/feeds/parse.js";
import { plainText } from "../../../../pipelines/ingest/feeds/text.js";
import { packageRoot } from "../../../../schemas/files.js";

const fixture = (name: string): Buffer => readFileSync(join(packageRoot, "test", "fixtures", "feeds", name));
const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();

const basics = ({ id, link, title, published }: FeedItem): Partial<FeedItem> => ({ id, link, title, published });

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
  assert.deepEqual(feed.items.map(basics), [
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
  assert.deepEqual(feed.items.map(basics), [
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
  refused('{"items":[]}', /no JSON Feed: its version is not/);
  refused('[{"title":"x"}]', /no JSON Feed/);
  refused('{"items":', /cut off/);
  refused("", /neither XML nor JSON/);
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
  assert.equal(title(Buffer.from(xml), "text/xml; charset=klingon"), "Nestlé");
  const undeclared = "<rss><channel><item><title>Nestl\u00e9 \u2019s</title></item></channel></rss>";
  const windows = Buffer.from(undeclared.replace("\u2019", "\u0092"), "latin1");
  assert.equal(title(windows, "text/xml"), "Nestlé ’s");
  assert.equal(title(windows, "text/xml; charset=utf-8"), "Nestlé ’s");
  assert.equal(title(windows, "text/xml; charset=iso-8859-1"), "Nestlé ’s");
  assert.throws(() => title(windows, "text/xml; charset=klingon"), /charset "klingon" is unknown/);
  // .NET declares UTF-16 for whatever it wrote to a text first.
  assert.equal(title(Buffer.from(xml.replace("windows-1252", "utf-16")), "text/xml"), "Nestlé");
  // One broken byte makes no other charset of a text; a server's usual charset none of what is UTF-8.
  const broken = Buffer.concat([Buffer.from(undeclared), Buffer.from([0xe9])]);
  assert.equal(title(broken, "text/xml"), "Nestlé ’s");
  assert.equal(title(Buffer.from(undeclared), "text/xml; charset=iso-8859-1"), "Nestlé ’s");
});

const items = (inside: string, root = "rss"): FeedItem[] =>
  parseFeed(`<${root}><channel>${inside}</channel></${root.split(" ")[0]}>`, "https://x.example/feed").items;

test("what is not well-formed is read as it was meant", () => {
  const titles = (inside: string): string[] => items(inside).map(({ title }) => title);
  assert.deepEqual(titles("<item><title>S&P</title></item><item><title>AT&T; and R&D</title></item>"), [
    "S&P",
    "AT&T; and R&D",
  ]);
  assert.deepEqual(titles("<item><title>P/E < 5, yield <3 % & up</title></item>"), ["P/E < 5, yield <3 % & up"]);
  assert.deepEqual(titles("<item><title>a &nbsp;b &eacute; &unknown; &#8217;</title></item>"), ["a b é &unknown; ’"]);
  assert.deepEqual(titles("<item><title>a\u0000b\u0008c</title></item>"), ["a\u0000b\u0008c"]);
  assert.deepEqual(titles("<item><title><b>bold</i> text</title></item><item><title>Two</title></item>"), [
    "bold text",
    "Two",
  ]);
  assert.deepEqual(titles("<item><title>left open<link>https://x.example/1</link></item><item><title>Two</item>"), [
    "left open",
    "Two",
  ]);
  assert.deepEqual(titles("<item><title>One</title><item><title>Two</title></item>"), ["One", "Two"]);
  assert.deepEqual(titles("<item><title>cut <![CDATA[off & <b>gone</b>"), ["cut off & gone"]);
  const [open] = items(
    "<item><title>left open<link>https://x.example/1</link><guid>g</guid><pubDate>2015-09-30</pubDate></item>",
  );
  assert.deepEqual(
    [open?.link, open?.id, iso(open?.published)],
    ["https://x.example/1", "g", "2015-09-30T00:00:00.000Z"],
  );
});

test("namespaces: declared for RSS itself, not declared, of other elements", () => {
  const inside = "<title>T</title><link>https://x.example/1</link><pubDate>2015-09-30</pubDate>";
  for (const root of ['rss xmlns="http://backend.userland.com/rss2"', 'rss xmlns="http://example.com/of-ones-own"']) {
    const [item] = items(`<item>${inside}</item>`, root);
    assert.deepEqual([item?.title, item?.link], ["T", "https://x.example/1"], root);
  }
  const [prefixed] = parseFeed(
    `<x:rss xmlns:x="http://backend.userland.com/RSS2"><x:channel><x:item><x:title>T</x:title></x:item></x:channel></x:rss>`,
    "https://x.example/",
  ).items;
  assert.equal(prefixed?.title, "T");
  const [core] = items("<item><dc:title>By Dublin Core</dc:title><dc:date>2015-09-30T10:00:00Z</dc:date></item>");
  assert.deepEqual([core?.title, iso(core?.published)], ["By Dublin Core", "2015-09-30T10:00:00.000Z"]);
  const [both] = items(
    "<item><media:title>M</media:title><dc:title>D</dc:title><title>Own</title><other:title>O</other:title></item>",
  );
  assert.equal(both?.title, "Own");
});

test("a post without a title is known by its text; one with neither has none", () => {
  const [post, none] = items(
    "<item><description>&lt;p&gt;Apple &lt;b&gt;rises&lt;/b&gt;&lt;/p&gt;</description></item><item><guid>1</guid></item>",
  );
  assert.deepEqual([post?.title, none?.title], ["Apple rises", ""]);
});

test("JSON Feed 1.0 and 1.1", () => {
  const document = {
    version: "https://jsonfeed.org/version/1.1",
    title: "J",
    items: [
      {
        id: 1,
        url: "/a",
        title: "A &amp; B",
        date_published: "2015-09-30T10:00:00-04:00",
        tags: ["x"],
        _symbols: ["AAPL"],
      },
      { id: "https://x.example/b", content_html: "<p>Only text</p>", date_modified: "2015-09-30T10:00:00Z" },
      { id: "c", external_url: "https://y.example/c", title: "C" },
      "no object",
    ],
  };
  const feed = parseFeed(JSON.stringify(document), "https://x.example/feed.json");
  assert.equal(feed.title, "J");
  assert.deepEqual(
    feed.items.map(({ id, link, title, published, categories, tickers }) => [
      ...[id, link, title, iso(published)],
      ...[categories.map(({ term }) => term).join(), tickers.join()],
    ]),
    [
      ["1", "https://x.example/a", "A & B", "2015-09-30T14:00:00.000Z", "x", "AAPL"],
      ["https://x.example/b", "https://x.example/b", "Only text", "2015-09-30T10:00:00.000Z", "", ""],
      ["c", "https://y.example/c", "C", undefined, "", ""],
    ],
  );
});

test("items past the bound are counted; an unread date is kept as it is written", () => {
  const many = parseFeed(
    `<rss><channel>${"<item><title>x</title></item>".repeat(1_300)}</channel></rss>`,
    "https://x.example/",
  );
  assert.deepEqual([many.items.length, many.omitted], [1_000, 300]);
  const [item] = items("<item><title>x</title><pubDate>gestern</pubDate></item>");
  assert.deepEqual([item?.published, item?.unreadDate], [undefined, "gestern"]);
});

test("plain text of titles", () => {
  const cases: Record<string, string> = {
    "a <b>bold</b>\n move<br/>up": "a bold move up",
    "3 < 5 and 7 > 2": "3 < 5 and 7 > 2",
    "AT&amp;T &#x2014; &rsquo; &nope; &#0; &#xd800; &#99999999;": "AT&T — ’ &nope; \ufffd \ufffd \ufffd",
    "x<!-- hidden -->y": "xy",
    "<![CDATA[escaped twice]]>": "escaped twice",
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

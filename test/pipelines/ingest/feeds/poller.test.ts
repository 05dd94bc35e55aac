import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pollFeeds, type Poll, type PollOptions } from "../../../../pipelines/ingest/feeds/poller.js";
import { waitAfterFailure, waitAfterSuccess } from "../../../../pipelines/ingest/feeds/schedule.js";
import { remember } from "../../../../pipelines/ingest/feeds/state.js";
import { readSymbolList } from "../../../../pipelines/ingest/symbols.js";
import { readCompanies } from "../../../../pipelines/ingest/tagging/company-list.js";
import { createTagger } from "../../../../pipelines/ingest/tagging/tagger.js";
import type { NewsArticle } from "../../../../schemas/generated/types.js";
import { rss, serve } from "./helpers/servers.js";

const clock = Date.parse("2016-01-01T00:00:00Z");

async function setUp(t: TestContext, urls: string[], change: Partial<PollOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "newstape-feeds-"));
  t.after(() => rm(directory, { recursive: true }));
  const sent: NewsArticle[] = [];
  const polls: Poll[] = [];
  const options: PollOptions = {
    urls,
    tagger: createTagger(readCompanies()),
    symbols: readSymbolList(),
    send: async (articles) => void sent.push(...articles),
    stateDirectory: directory,
    schedule: { interval: 1_000, random: () => 0.5 },
    once: true,
    allowPrivate: true,
    now: () => clock,
    onPoll: (poll) => polls.push(poll),
    ...change,
  };
  return { directory, sent, polls, options };
}

test("articles: identified by their address, tagged, live, oldest first; those without symbols too", async (t) => {
  const { url } = await serve(t, (_, response) => response.end(rss(["Microsoft and $KO rise", "Rain tomorrow"])));
  const { sent, options } = await setUp(t, [url]);
  const [summary] = await pollFeeds(options);
  assert.deepEqual(
    sent.map(({ headline, symbols, url: link, source }) => [headline, symbols, link, source]),
    [
      [
        "Microsoft and $KO rise",
        ["KO", "MSFT"],
        "https://news.example.com/Microsoft%20and%20%24KO%20rise",
        "127.0.0.1",
      ],
      ["Rain tomorrow", [], "https://news.example.com/Rain%20tomorrow", "127.0.0.1"],
    ],
  );
  assert.deepEqual(
    sent.map(({ eventTime, availableAt, origin }) => [new Date(eventTime).toISOString(), availableAt, origin]),
    [
      // Of three months ago: available from now on, and no news of now.
      ["2015-09-30T10:00:00.000Z", clock, "backfill"],
      ["2015-09-30T11:00:00.000Z", clock, "backfill"],
    ],
  );
  const { feed, polls, items, published, withoutSymbols, failure } = summary ?? {};
  assert.deepEqual([feed, polls, items, published, withoutSymbols, failure], [url, 1, 2, 2, 1, undefined]);
});

const oddItems = [
  "<item><title>In Asia</title><guid>1</guid><pubDate>Fri, 01 Jan 2016 05:00:00</pubDate></item>",
  "<item><title>Undated</title></item>",
  "<item><title>Dated otherwise</title><pubDate>gestern</pubDate></item>",
  "<item><title>An event</title><pubDate>Fri, 01 Jan 2027 05:00:00 GMT</pubDate></item>",
  "<item><guid>3</guid></item>",
  `<item><title>${"Long ".repeat(5_000)}</title><guid>${"g".repeat(5_000)}</guid><pubDate>Thu, 31 Dec 2015 22:00:00 GMT</pubDate></item>`,
];
const channel = (items: readonly string[]): string => `<rss><channel>${items.join("")}</channel></rss>`;

test("a first poll: undated items may be of any age and are refused with a reason, old ones are no news of now", async (t) => {
  const { url } = await serve(t, (_, response) => response.end(channel(oddItems)));
  const { sent, options } = await setUp(t, [url]);
  const refused: string[] = [];
  const [summary] = await pollFeeds({ ...options, onRefused: ({ item, code }) => refused.push(`${item} ${code}`) });
  assert.deepEqual([summary?.items, summary?.published, summary?.refused], [6, 2, 4]);
  assert.deepEqual(refused, ["2 MISSING_FIELD", "3 INVALID_TIME", "4 TIME_IN_FUTURE", "5 MISSING_FIELD"]);
  assert.deepEqual(
    summary?.refusals.map(({ code, count, first }) => [code, count, first[0]?.reason]),
    [
      ["MISSING_FIELD", 2, "it has no date; at the first poll of a feed such an item may be of any age"],
      [
        "INVALID_TIME",
        1,
        'its date "gestern" cannot be read; at the first poll of a feed such an item may be of any age',
      ],
      [
        "TIME_IN_FUTURE",
        1,
        "its date 2027-01-01T05:00:00.000Z lies in the future; at the first poll of a feed such an item may be of any age",
      ],
    ],
  );
  // A time a few hours ahead lacks its zone, so it is the arrival.
  assert.deepEqual(
    sent.map(({ headline, eventTime, origin }) => [headline.slice(0, 7), eventTime - clock, origin]),
    [
      ["Long Lo", -7_200_000, "live"],
      ["In Asia", 0, "live"],
    ],
  );
  assert.ok(sent.every(({ headline, sourceId }) => headline.length <= 10_000 && sourceId.length <= 512));
  // They stay held back, until they are wanted.
  const [second] = await pollFeeds(options);
  assert.deepEqual([second?.published, second?.repeated, second?.refused], [0, 5, 1]);
  const [third] = await pollFeeds({ ...options, undated: "all" });
  assert.deepEqual([third?.published, third?.undated, third?.history, third?.repeated], [3, 3, 3, 2]);
  assert.ok(sent.slice(2).every(({ origin, availableAt }) => origin === "backfill" && availableAt === clock));
});

test("at later polls an undated item is new and counted, unless none are wanted", async (t) => {
  let items = oddItems.slice(0, 1);
  const { url } = await serve(t, (_, response) => response.end(channel(items)));
  const { sent, options } = await setUp(t, [url]);
  await pollFeeds(options);
  items = oddItems.slice(0, 2);
  const [none] = await pollFeeds({ ...options, undated: "none" });
  assert.deepEqual([none?.published, none?.refused], [0, 1]);
  items = [...oddItems.slice(0, 1), "<item><title>Undated too</title></item>"];
  const [summary] = await pollFeeds(options);
  assert.deepEqual([summary?.published, summary?.undated, summary?.history], [1, 1, 0]);
  assert.deepEqual(
    [sent.at(-1)?.headline, sent.at(-1)?.eventTime, sent.at(-1)?.origin],
    ["Undated too", clock, "live"],
  );
});

test("how much history of a first poll is taken", async (t) => {
  const { url } = await serve(t, (_, response) => response.end(rss(["Old"])));
  for (const [history, published] of [
    ["all", 1],
    ["none", 0],
    [365 * 86_400_000, 1],
    [86_400_000, 0],
  ] as const) {
    const { options } = await setUp(t, [url], { history });
    const [summary] = await pollFeeds(options);
    assert.deepEqual(
      [summary?.published, summary?.tooOld, summary?.refused],
      [published, 1 - published, 0],
      String(history),
    );
    const [again] = await pollFeeds({ ...options, history: "all" });
    assert.deepEqual([again?.published, again?.history], [1 - published, 1 - published], String(history));
  }
});

test("a state of the build before is read: nothing is repeated", async (t) => {
  let titles = ["One", "Two"];
  const { url } = await serve(t, (_, response) => response.end(rss(titles)));
  const { directory, sent, options } = await setUp(t, [url]);
  await pollFeeds(options);
  const [name = ""] = await readdir(directory);
  const written = JSON.parse(await readFile(join(directory, name), "utf8")) as Record<string, unknown>;
  // As it was: ids of articles, and no keys.
  const { version, validators, seen, failures, notBefore } = written;
  await writeFile(join(directory, name), JSON.stringify({ version, url, validators, seen, failures, notBefore }));
  titles = ["One", "Two", "Three"];
  const [summary] = await pollFeeds(options);
  assert.deepEqual([summary?.published, summary?.repeated, summary?.history], [1, 2, 0]);
  const [again] = await pollFeeds(options);
  assert.deepEqual([again?.published, again?.repeated, sent.length], [0, 3, 3]);
});

test("items past the bound of a feed are refused by number, once", async (t) => {
  const item = (index: number): string => `<item><title>${index}</title><pubDate>30 Sep 2015</pubDate></item>`;
  const document = channel(Array.from({ length: 1_002 }, (_, index) => item(index)));
  const { url } = await serve(t, (_, response) => response.end(document));
  const { options } = await setUp(t, [url]);
  const [summary] = await pollFeeds(options);
  assert.deepEqual([summary?.items, summary?.refused], [1_002, 2]);
  assert.match(summary?.refusals[0]?.first[0]?.reason ?? "", /2 items after the first 1000 of the feed are not read/);
});

test("what was published is not published again, after a restart neither; what is new is", async (t) => {
  let titles = ["One", "Two"];
  const { url, requests } = await serve(t, (request, response) => {
    const etag = `"${titles.length}"`;
    if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag }).end(rss(titles));
  });
  const { sent, polls, options } = await setUp(t, [url]);
  await pollFeeds(options);
  await pollFeeds(options);
  titles = ["One", "Two", "Three"];
  const [summary] = await pollFeeds(options);
  assert.deepEqual(
    sent.map(({ headline }) => headline),
    ["One", "Two", "Three"],
  );
  assert.deepEqual(
    polls.map(({ outcome }) => outcome),
    ["read", "unchanged", "read"],
  );
  assert.deepEqual([summary?.published, summary?.repeated], [1, 2]);
  assert.equal(requests[1]?.headers["if-none-match"], '"2"');
});

test("one bad feed never stops the others", async (t) => {
  const good = await serve(t, (_, response) => response.end(rss(["Good"])));
  const bad = [
    await serve(t, (_, response) => response.writeHead(500).end()),
    await serve(t, (_, response) => response.end("<html>")),
    await serve(t, (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("no")),
    await serve(t, (request) => request.socket.destroy()),
  ];
  const { sent, options } = await setUp(t, [...bad.map(({ url }) => url), good.url, "http://no-such-host.invalid/x"]);
  const summaries = await pollFeeds(options);
  assert.deepEqual(
    sent.map(({ headline }) => headline),
    ["Good"],
  );
  assert.deepEqual(
    summaries.map(({ failure }) => failure === undefined),
    [false, false, false, false, true, false],
  );
});

test("a failure and a Retry-After are remembered: the feed is not fetched before, over a restart too", async (t) => {
  const { url, requests } = await serve(t, (_, response, count) => {
    if (count === 1) response.writeHead(429, { "retry-after": "600" }).end();
    else response.end(rss(["Back"]));
  });
  let time = clock;
  const { sent, polls, options } = await setUp(t, [url], { now: () => time });
  await pollFeeds(options);
  time = clock + 599_000;
  const [waiting] = await pollFeeds(options);
  assert.deepEqual([requests.length, waiting?.waiting], [1, 1]);
  time = clock + 601_000;
  await pollFeeds(options);
  assert.deepEqual([requests.length, sent.length], [2, 1]);
  assert.deepEqual(
    polls.map(({ outcome }) => outcome),
    ["failed", "waiting", "read"],
  );
});

test("running on: it polls again after the interval, until it is interrupted; a feed that is gone is left", async (t) => {
  const interrupt = new AbortController();
  const { url, requests } = await serve(t, (_, response, count) => {
    if (count === 4) interrupt.abort(new Error("interrupted"));
    response.end(rss([`Number ${Math.min(count, 3)}`]));
  });
  const gone = await serve(t, (_, response) => response.writeHead(410).end());
  const change = { once: false, signal: interrupt.signal, schedule: { interval: 10, random: () => 0 }, now: Date.now };
  const { sent, options } = await setUp(t, [url, gone.url], change);
  await pollFeeds(options);
  assert.equal(requests.length, 4);
  assert.equal(gone.requests.length, 1);
  assert.deepEqual(
    sent.map(({ headline }) => headline),
    ["Number 1", "Number 2", "Number 3"],
  );
});

test("when publishing fails all ends, and nothing is taken for published", async (t) => {
  const { url } = await serve(t, (_, response) => response.end(rss(["One"])));
  const other = await serve(t, () => undefined);
  const { options } = await setUp(t, [url, other.url]);
  await assert.rejects(pollFeeds({ ...options, send: () => Promise.reject(new Error("no broker")) }), /no broker/);
  const sent: NewsArticle[] = [];
  await pollFeeds({ ...options, urls: [url], send: async (articles) => void sent.push(...articles) });
  assert.equal(sent.length, 1);
});

test("a state that cannot be read is begun anew", async (t) => {
  const { url } = await serve(t, (_, response) => response.end(rss(["One"])));
  const { directory, sent, options } = await setUp(t, [url]);
  await pollFeeds(options);
  for (const file of await readdir(directory)) await writeFile(join(directory, file), '{"version":1,"se');
  await pollFeeds(options);
  assert.equal(sent.length, 2);
  assert.equal(sent[0]?.id, sent[1]?.id);
});

test("credentials of an address and of headers are shown nowhere", async (t) => {
  const { port } = await serve(t, (_, response) => response.writeHead(500).end());
  const url = `http://user:secret@127.0.0.1:${port}/?apikey=secret&page=1`;
  const { polls, options } = await setUp(t, [url], { headers: { "X-Key": "secret" } });
  const summaries = await pollFeeds(options);
  assert.doesNotMatch(JSON.stringify([polls, summaries]), /secret/);
});

test("waits: doubled with jitter up to a limit, never less than the server asks for", () => {
  const schedule = (random: number) => ({ interval: 60_000, random: () => random });
  assert.deepEqual(
    [1, 2, 3].map((failures) => waitAfterFailure(schedule(0.999999), failures, undefined)),
    [120_000, 240_000, 480_000],
  );
  assert.equal(waitAfterFailure(schedule(0), 1, undefined), 60_000);
  assert.equal(waitAfterFailure(schedule(1), 1_000, undefined), 6 * 3_600_000);
  assert.equal(waitAfterFailure(schedule(0), 1, 3_600_000), 3_600_000);
  assert.equal(waitAfterFailure(schedule(0), 1, 1e12), 24 * 3_600_000);
  assert.equal(waitAfterSuccess(schedule(0), undefined), 60_000);
  assert.equal(waitAfterSuccess(schedule(0), 900_000), 900_000);
  assert.equal(waitAfterSuccess(schedule(1), 1_000), 66_000);
});

test("ids are remembered up to a bound, those of the present document in any case", () => {
  const old = Array.from({ length: 5_000 }, (_, index) => `old ${index}`);
  const kept = remember(old, ["new", "old 0"]);
  assert.equal(kept.length, 5_000);
  assert.deepEqual(kept.slice(-2), ["new", "old 0"]);
  assert.ok(!kept.includes("old 1") && kept.includes("old 4999"));
});

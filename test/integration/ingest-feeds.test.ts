import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stages } from "../../pipelines/stages/index.js";
import { newstape } from "../helpers/cli.js";
import { createTestCluster } from "../helpers/kafka.js";
import { rss, serve } from "../pipelines/ingest/feeds/helpers/servers.js";
import { traceHeader } from "../../schemas/headers.js";

test("feeds are read into news.raw once, and the exit code shows those that could not be", async (t) => {
  const cluster = await createTestCluster(t, stages);
  const directory = mkdtempSync(join(tmpdir(), "newstape-feeds-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const environment = { ...cluster.environment, NEWSTAPE_DATA: directory };
  const good = await serve(t, (_, response) => response.end(rss(["Microsoft beats estimates", "Rain tomorrow"])));
  const bad = await serve(t, (_, response) => response.writeHead(503, { "retry-after": "3600" }).end());

  const refused = await newstape(environment, ["ingest", "feed", "--once", good.url]);
  assert.equal(refused.code, 1, refused.stderr);
  assert.match(refused.stderr, /127\.0\.0\.1 is no public address; --allow-private/);
  assert.equal(good.requests.length, 0);

  rmSync(join(directory, "feeds"), { recursive: true });
  const first = await newstape(environment, [
    "ingest",
    "feed",
    "--once",
    "--allow-private",
    "--json",
    good.url,
    bad.url,
  ]);
  assert.equal(first.code, 3, first.stderr);
  const { feeds } = JSON.parse(first.stdout) as {
    feeds: { published: number; withoutSymbols: number; failure?: string }[];
  };
  assert.deepEqual(
    feeds.map(({ published, withoutSymbols }) => [published, withoutSymbols]),
    [
      [2, 1],
      [0, 0],
    ],
  );
  assert.match(feeds[1]?.failure ?? "", /HTTP 503/);

  const second = await newstape(environment, ["ingest", "feed", "--once", "--allow-private", good.url]);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /0 articles published/);
  assert.equal(bad.requests.length, 1);

  const undated = await serve(t, (request, response) => {
    if (request.headers["user-agent"] !== "Example a@example.com") response.writeHead(403).end();
    else response.end(`<rss><channel><item><title>Undated</title><guid>1</guid></item></channel></rss>`);
  });
  const words = ["ingest", "feed", "--once", "--allow-private", undated.url, "--header", "X-Api-Key: hidden"];
  const forbidden = await newstape(environment, words);
  assert.equal(forbidden.code, 1);
  assert.match(forbidden.stderr, /HTTP 403 Forbidden; .*--user-agent "Your Name you@example\.com"/);
  rmSync(join(directory, "feeds"), { recursive: true });
  const rejects = join(directory, "rejects.jsonl");
  const named = await newstape(environment, [...words, "--user-agent", "Example a@example.com", "--rejects", rejects]);
  assert.equal(named.code, 3, named.stderr);
  assert.match(
    named.stderr,
    /MISSING_FIELD 1 [\s\S]*item 1: it has no date; [^\n]*\("Undated"\)\n *-> .*--undated all/,
  );
  assert.match(readFileSync(rejects, "utf8"), /"feed":".*","code":"MISSING_FIELD"/);
  assert.equal(undated.requests.at(-1)?.headers["x-api-key"], "hidden");
  assert.doesNotMatch(forbidden.stderr + named.stderr, /hidden/);

  const codec = await cluster.codec("news.raw");
  const stored = await cluster.readAll(cluster.names.topic("news.raw"));
  const articles = await Promise.all(stored.map(async ({ value }) => await codec.read(value)));
  assert.deepEqual(articles.map(({ headline, symbols, origin }) => [headline, symbols.join(" "), origin]).sort(), [
    ["Microsoft beats estimates", "MSFT", "backfill"],
    ["Rain tomorrow", "", "backfill"],
  ]);
  assert.match(stored[0]?.headers[traceHeader] ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test("a header that cannot be sent is refused, and its value is not shown", async () => {
  for (const header of ["no-colon-hidden", "Bad Name: hidden", "Host: hidden", "X-Key: hidden\u2019"]) {
    const wrong = await newstape(process.env, ["ingest", "feed", "https://x.example/", "--header", header]);
    assert.equal(wrong.code, 1, wrong.stderr);
    assert.match(wrong.stderr, /header/);
    assert.doesNotMatch(wrong.stderr, /hidden/);
  }
});

test("addresses that are none are refused before anything is fetched", async () => {
  const wrong = await newstape(process.env, ["ingest", "feed", "news.example.com/rss"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /is no http or https address[\s\S]*full address/);
  const none = await newstape(process.env, ["ingest", "feed"]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /No feed is given/);
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
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

  const codec = await cluster.codec("news.raw");
  const stored = await cluster.readAll(cluster.names.topic("news.raw"));
  const articles = await Promise.all(stored.map(async ({ value }) => await codec.read(value)));
  assert.deepEqual(articles.map(({ headline, symbols, origin }) => [headline, symbols.join(" "), origin]).sort(), [
    ["Microsoft beats estimates", "MSFT", "live"],
    ["Rain tomorrow", "", "live"],
  ]);
  assert.match(stored[0]?.headers[traceHeader] ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test("addresses that are none are refused before anything is fetched", async () => {
  const wrong = await newstape(process.env, ["ingest", "feed", "news.example.com/rss"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /is no http or https address[\s\S]*full address/);
  const none = await newstape(process.env, ["ingest", "feed"]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /No feed is given/);
});

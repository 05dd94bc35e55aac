import assert from "node:assert/strict";
import type { lookup as lookUpName } from "node:dns";
import { test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { FeedError } from "../../../../pipelines/ingest/feeds/feed-error.js";
import { fetchFeed, type FetchOptions } from "../../../../pipelines/ingest/feeds/fetch.js";
import { rss, serve } from "./helpers/servers.js";

const now = Date.parse("2016-01-01T00:00:00Z");
const options: FetchOptions = { allowPrivate: true, now: () => now };
const document = rss(["Apple rises"]);

async function failure(url: string, change: Partial<FetchOptions> = {}): Promise<FeedError> {
  try {
    await fetchFeed(url, { ...options, ...change });
  } catch (error) {
    assert.ok(error instanceof FeedError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: `${url} was read` });
}

/** A look-up that gives these addresses, one list a call. */
const names = (...answers: string[][]): typeof lookUpName => {
  let call = 0;
  return ((_host: string, _options: object, callback: (error: null, found: object[]) => void) => {
    const answer = answers[Math.min(call++, answers.length - 1)] ?? [];
    callback(
      null,
      answer.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  }) as unknown as typeof lookUpName;
};

test("a conditional request: validators are sent back, 304 is unchanged", async (t) => {
  const { url, requests } = await serve(t, (request, response) => {
    if (request.headers["if-none-match"] === '"v1"') response.writeHead(304, { "cache-control": "max-age=60" }).end();
    else
      response
        .writeHead(200, {
          etag: '"v1"',
          "last-modified": "Wed, 30 Sep 2015 20:00:00 GMT",
          "content-type": "application/rss+xml",
        })
        .end(document);
  });
  const first = await fetchFeed(url, options);
  assert.ok(first.kind === "document");
  assert.equal(first.body.toString(), document);
  assert.deepEqual(first.validators, { etag: '"v1"', lastModified: "Wed, 30 Sep 2015 20:00:00 GMT" });
  const second = await fetchFeed(url, { ...options, ...first.validators });
  assert.deepEqual(second, { kind: "unchanged", maxAge: 60_000 });
  assert.equal(requests[1]?.headers["if-modified-since"], "Wed, 30 Sep 2015 20:00:00 GMT");
  assert.match(requests[0]?.headers["user-agent"] ?? "", /^newstape\//);
});

test("packed answers", async (t) => {
  const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
  for (const [name, pack] of Object.entries(packers)) {
    const { url } = await serve(t, (_, response) =>
      response.writeHead(200, { "content-encoding": name }).end(pack(document)),
    );
    const result = await fetchFeed(url, options);
    assert.ok(result.kind === "document" && result.body.toString() === document, name);
  }
  const { url } = await serve(t, (_, response) => response.writeHead(200, { "content-encoding": "zstd" }).end("x"));
  assert.match((await failure(url)).message, /packed with zstd/);
  const broken = await serve(t, (_, response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end("not gzip"),
  );
  assert.match((await failure(broken.url)).message, /incorrect header/);
});

test("a gzip bomb, an endless answer and an answer that declares too large a size are cut off", async (t) => {
  const limits = { bodyBytes: 100_000, wireBytes: 50_000 };
  const bomb = gzipSync(Buffer.alloc(20_000_000));
  assert.ok(bomb.length < limits.wireBytes);
  const bombs = await serve(t, (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
  assert.match((await failure(bombs.url, { limits })).message, /unpacked, the answer has more than 100000 bytes/);
  let isOpen = true;
  const endless = await serve(t, (_, response) => {
    response.writeHead(200);
    response.on("close", () => (isOpen = false));
    const more = (): void => {
      if (isOpen) response.write(Buffer.alloc(10_000, "x"), () => setImmediate(more));
    };
    more();
  });
  assert.match((await failure(endless.url, { limits })).message, /more than 50000 bytes/);
  const honest = await serve(t, (_, response) => response.writeHead(200, { "content-length": "9999999" }).write("x"));
  assert.match((await failure(honest.url, { limits })).message, /more than 50000 bytes/);
});

test("a server that sends nothing, a slow one, one that breaks off: each ends", async (t) => {
  const silent = await serve(t, () => undefined);
  assert.match((await failure(silent.url, { limits: { headersTimeout: 50 } })).message, /no answer within 0.05 s/);
  const slow = await serve(t, (_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("x"), 10);
    response.on("close", () => clearInterval(timer));
  });
  assert.match(
    (await failure(slow.url, { limits: { totalTimeout: 150 } })).message,
    /no complete answer within 0.15 s/,
  );
  const broken = await serve(t, (_, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("half", () => response.destroy());
  });
  await failure(broken.url);
  const { port } = await serve(t, () => undefined);
  await failure(`http://127.0.0.1:${port === 1 ? 2 : 1}/`);
});

test("an interruption is no failure of the feed", async (t) => {
  const { url } = await serve(t, () => undefined);
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(new Error("interrupted")), 20);
  await assert.rejects(fetchFeed(url, { ...options, signal: interrupt.signal }), /interrupted/);
});

test("Retry-After in seconds and as a date, on 429 and 503; 410 is for good", async (t) => {
  const statuses: [number, string | undefined, number | undefined][] = [
    [429, "120", 120_000],
    [503, "Fri, 01 Jan 2016 00:10:00 GMT", 600_000],
    [503, "999999999", 24 * 3_600_000],
    [500, "soon", undefined],
    [404, undefined, undefined],
  ];
  for (const [status, retryAfter, wanted] of statuses) {
    const { url } = await serve(t, (_, response) =>
      response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter }).end(),
    );
    const error = await failure(url);
    assert.match(error.message, new RegExp(`HTTP ${status}`));
    assert.deepEqual([error.retryAfter, error.isPermanent], [wanted, false]);
  }
  const gone = await serve(t, (_, response) => response.writeHead(410).end());
  assert.equal((await failure(gone.url)).isPermanent, true);
});

test("redirects are followed, relative ones too, up to a limit; the last address is the document's", async (t) => {
  const { url, port } = await serve(t, (request, response) => {
    if (request.url === "/feed.xml") response.writeHead(301, { location: "/moved" }).end();
    else if (request.url === "/moved")
      response.writeHead(307, { location: "//127.0.0.1:" + String(request.socket.localPort) + "/there" }).end();
    else if (request.url === "/loop") response.writeHead(302, { location: "/loop" }).end();
    else if (request.url === "/nowhere") response.writeHead(302).end();
    else response.writeHead(200).end(document);
  });
  const result = await fetchFeed(url, options);
  assert.ok(result.kind === "document");
  assert.equal(result.url, `http://127.0.0.1:${port}/there`);
  assert.match((await failure(`http://127.0.0.1:${port}/loop`)).message, /more than 5 redirects/);
  assert.match((await failure(`http://127.0.0.1:${port}/nowhere`)).message, /HTTP 302 without a new address/);
});

test("only http and https, in redirects too", async (t) => {
  for (const url of ["file:///etc/passwd", "ftp://example.com/", "gopher://x", "data:,x"])
    assert.match((await failure(url)).message, /not http or https/);
  const { url } = await serve(t, (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end());
  assert.match((await failure(url)).message, /file: is not http or https/);
});

test("raw deflate, a file that lies packed on the server, and an encoding that is only claimed", async (t) => {
  const answers: [Record<string, string>, Buffer][] = [
    [{ "content-encoding": "deflate" }, deflateRawSync(document)],
    [{ "content-type": "application/gzip" }, gzipSync(document)],
    [{ "content-encoding": "gzip" }, Buffer.from(document)],
    [{ "content-encoding": "gzip, br" }, brotliCompressSync(gzipSync(document))],
  ];
  for (const [headers, body] of answers) {
    const { url } = await serve(t, (_, response) => response.writeHead(200, headers).end(body));
    const result = await fetchFeed(url, options);
    assert.equal(result.kind === "document" && result.body.toString(), document, JSON.stringify(headers));
  }
});

test("user agent and further headers; a 403 says what may help", async (t) => {
  const { url, requests } = await serve(t, (request, response) =>
    response.writeHead(request.headers["user-agent"]?.includes("@") ? 200 : 403).end(document),
  );
  assert.match((await failure(url)).message, /HTTP 403 Forbidden; .*--user-agent "Your Name you@example\.com"/);
  await fetchFeed(url, { ...options, userAgent: "Example Research a@example.com", headers: { "X-Api-Key": "k" } });
  assert.equal(requests[1]?.headers["user-agent"], "Example Research a@example.com");
  assert.equal(requests[1]?.headers["x-api-key"], "k");
  assert.match((await failure(url, { userAgent: "Nobody" })).message, /refuses this --user-agent or address/);
});

test("given headers go to the host of the address alone, and come back to it", async (t) => {
  const target = await serve(t, (_, response) => response.writeHead(200).end(document));
  const first = await serve(t, (request, response) =>
    response.writeHead(302, { location: request.url === "/feed.xml" ? "/here" : target.url }).end(),
  );
  await fetchFeed(first.url, { ...options, headers: { Cookie: "secret", Authorization: "Bearer secret" } });
  assert.deepEqual(
    first.requests.map(({ headers }) => [headers.cookie, headers.authorization]),
    [
      ["secret", "Bearer secret"],
      ["secret", "Bearer secret"],
    ],
  );
  assert.doesNotMatch(JSON.stringify(target.requests[0]?.headers), /secret/);
});

test("what is no text is refused by its type", async (t) => {
  for (const type of ["image/png", "application/pdf", "video/mp4"]) {
    const { url } = await serve(t, (_, response) => response.writeHead(200, { "content-type": type }).end("x"));
    assert.match((await failure(url)).message, /not a feed/);
  }
});

test("credentials go to the server that they are meant for, and to no other", async (t) => {
  const other = await serve(t, (_, response) => response.writeHead(200).end(document));
  const { port, requests } = await serve(t, (_, response) => response.writeHead(302, { location: other.url }).end());
  await fetchFeed(`http://user:p%40ss@127.0.0.1:${port}/`, options);
  assert.equal(requests[0]?.headers.authorization, `Basic ${Buffer.from("user:p@ss").toString("base64")}`);
  assert.equal(other.requests[0]?.headers.authorization, undefined);
});

const refusal = /no public address; --allow-private/;

test("no private address is fetched from, however it is written", async (t) => {
  const { port, requests } = await serve(t, (_, response) => response.writeHead(200).end(document));
  for (const host of [
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0.0.0.0",
    "169.254.169.254",
    "localhost",
  ]) {
    assert.match((await failure(`http://${host}:${port}/`, { allowPrivate: false })).message, refusal, host);
  }
  assert.equal(requests.length, 0);
});

test("a name that points to a private address is not fetched from, also among public ones", async (t) => {
  const { port, requests } = await serve(t, (_, response) => response.writeHead(200).end(document));
  const url = `http://feed.example:${port}/`;
  for (const lookup of [names(["127.0.0.1"]), names(["::ffff:127.0.0.1"]), names(["10.0.0.1", "127.0.0.1"])]) {
    assert.match((await failure(url, { allowPrivate: false, lookup })).message, refusal);
  }
  // No server listens on the one that is allowed; what counts is that the other is left alone.
  const isPublic = (address: string): boolean => address === "127.0.0.2";
  await failure(url, { allowPrivate: false, isPublic, lookup: names(["127.0.0.2", "127.0.0.1"]) });
  assert.equal(requests.length, 0);
});

test("rebinding: one look-up a connection, and that answer is connected to", async (t) => {
  const { port, requests } = await serve(t, (_, response) => response.writeHead(200).end(document));
  let lookups = 0;
  const lookup = ((host: string, given: object, callback: never) => {
    lookups += 1;
    return (
      names(lookups === 1 ? ["127.0.0.1"] : ["8.8.8.8"]) as unknown as (
        host: string,
        given: object,
        callback: never,
      ) => void
    )(host, given, callback);
  }) as unknown as typeof lookUpName;
  assert.match((await failure(`http://feed.example:${port}/`, { allowPrivate: false, lookup })).message, refusal);
  assert.deepEqual([lookups, requests.length], [1, 0]);
});

test("a redirect from a public server to a private address is refused, by name and by address", async (t) => {
  const target = await serve(t, (_, response) => response.writeHead(200).end(document));
  let location = "";
  const { port, requests } = await serve(t, (_, response) => response.writeHead(302, { location }).end());
  const lookup = ((host: string, given: object, callback: never) => {
    const address = host === "public.example" ? "127.0.0.1" : "127.0.0.3";
    return (names([address]) as unknown as (host: string, given: object, callback: never) => void)(
      host,
      given,
      callback,
    );
  }) as unknown as typeof lookUpName;
  const change = { allowPrivate: false, lookup, isPublic: (address: string) => address === "127.0.0.1" };
  for (const host of ["127.0.0.2", "[::1]", "private.example"]) {
    location = `http://${host}:${target.port}/`;
    assert.match((await failure(`http://public.example:${port}/`, change)).message, refusal, host);
  }
  assert.deepEqual([requests.length, target.requests.length], [3, 0]);
});

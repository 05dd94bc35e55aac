import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly requests: IncomingMessage[];
}

/** A server on this machine that is gone when the test ends, whatever it still sends. */
export async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    requests.push(request);
    answer(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/feed.xml`, port, requests };
}

/** An RSS document with one item a title; ids and links follow from the titles. */
export function rss(titles: readonly string[], extra = ""): string {
  const items = titles.map(
    (title, index) =>
      `<item><title>${title}</title><link>https://news.example.com/${encodeURIComponent(title)}</link>` +
      `<pubDate>Wed, 30 Sep 2015 ${String(10 + index)}:00:00 GMT</pubDate></item>`,
  );
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>Test</title>${extra}${items.join("")}</channel></rss>`;
}

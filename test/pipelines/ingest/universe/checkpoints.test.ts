/** What is remembered of a file belongs to the universe by which it was read. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { ingestFile } from "../../../../pipelines/ingest/index.js";
import {
  anySymbol,
  isListing,
  isWellFormedSymbol,
  readUniverse,
  universeOfSymbols,
  type Universe,
} from "../../../../pipelines/ingest/universe/index.js";
import { useOwnCalendars } from "../../../../operators/calendar/calendars.js";
import { readCalendars } from "../../../../pipelines/own-calendars.js";
import { identityOf } from "../../../../pipelines/operations/backfill/load.js";
import { article, clock } from "../helpers/lines-of.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-universe-"));
after(() => rmSync(directory, { recursive: true }));

test("the same file under another universe is another file", async () => {
  const input = join(directory, "news.jsonl");
  writeFileSync(input, [article({ id: "1" }), article({ id: "2", symbols: ["TSLA"] })].join("\n"));
  const ingest = (symbols: Universe) =>
    ingestFile({
      kind: "news",
      input,
      origin: "backfill",
      now: () => clock,
      symbols,
      stateDirectory: join(directory, "state"),
      send: async () => undefined,
    });
  const [narrow, wide] = [universeOfSymbols(["AAPL"]), universeOfSymbols(["AAPL", "TSLA"])];
  assert.equal((await ingest(narrow)).accepted, 1);
  assert.equal((await ingest(narrow)).alreadyIngested, true);
  const again = await ingest(wide);
  assert.deepEqual([again.alreadyIngested, again.accepted], [false, 2]);
});

test("a history belongs to the universe that was chosen; without one to the files alone", async () => {
  const file = join(directory, "bars.csv");
  writeFileSync(file, "symbol\n");
  const plain = await identityOf([file]);
  assert.equal(plain, await identityOf([file], undefined));
  const [one, other] = [await identityOf([file], "universe one"), await identityOf([file], "universe other")];
  assert.equal(new Set([plain, one, other]).size, 3);
});

test("the same file under other calendars of one's own is another file; without any it stays what it was", async () => {
  const input = join(directory, "calendars.jsonl");
  writeFileSync(input, article({ id: "1" }));
  const ingest = () =>
    ingestFile({
      ...{ kind: "news", input, origin: "backfill", now: () => clock, symbols: universeOfSymbols(["AAPL"]) },
      stateDirectory: join(directory, "calendar-state"),
      send: async () => undefined,
    });
  const hours = [{ from: "2024-01-01", days: "1111100", open: "09:00", close: "17:30" }];
  const data = { name: "XSTO", timeZone: "Europe/Stockholm", first: "2024-01-01", last: "2024-12-31", hours };
  const states = [undefined, data, { ...data, closed: ["2024-06-06"] }];
  const file = join(directory, "calendar.json");
  const identities = new Set<string>();
  try {
    for (const [at, state] of states.entries()) {
      if (state !== undefined) writeFileSync(file, JSON.stringify(state));
      useOwnCalendars(state === undefined ? [] : readCalendars(file));
      assert.equal((await ingest()).alreadyIngested, false, String(at));
      assert.equal((await ingest()).alreadyIngested, true);
      identities.add(await identityOf([input]));
    }
    // Written in another way it is the same calendar.
    writeFileSync(file, JSON.stringify([states[2]], undefined, 2));
    useOwnCalendars(readCalendars(file));
    assert.equal((await ingest()).alreadyIngested, true);
    assert.equal(identities.size, 3);
    useOwnCalendars([]);
    assert.equal(await identityOf([input], undefined, undefined, undefined), [...identities][0]);
  } finally {
    useOwnCalendars([]);
  }
});

const character = fc.constantFrom(..."AbZ09.-/_&=^!$ :;,|'\"\\<\u00e9\u0000\u202e");
const text = fc.array(character, { maxLength: 40 }).map((characters) => characters.join(""));

test("any text is a symbol that means itself, or is refused with a reason", () => {
  fc.assert(
    fc.property(text, (raw) => {
      const found = anySymbol.find(raw);
      if (!isListing(found)) return found.reason !== "";
      const again = anySymbol.find(found.symbol);
      return isWellFormedSymbol(found.symbol) && isListing(again) && again.symbol === found.symbol;
    }),
    { numRuns: 5000 },
  );
});

test("any file is a universe whose symbols mean themselves, or is refused", () => {
  const line = fc.array(fc.oneof(text, fc.constantFrom("BRK.B", "brk-b", "AAPL", "FB until 2022-06-09")), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (rows) => {
      const file = join(directory, "random.csv");
      writeFileSync(
        file,
        `symbol,name,aliases,exchange,currency,formerly\n${rows.map((cells) => cells.join(",")).join("\n")}`,
      );
      let universe: Universe;
      try {
        universe = readUniverse(file);
      } catch (error) {
        return (error as Error).name === "UserError";
      }
      return (universe.listings ?? []).every(({ symbol }) => {
        const found = universe.find(symbol);
        return isListing(found) && found.symbol === symbol;
      });
    }),
    { numRuns: 1000 },
  );
});

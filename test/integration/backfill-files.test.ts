/** `backfill` of files of one's own: on a stack that is not set up, with refused lines, and a second time with more. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { newstape } from "../helpers/cli.js";
import { createPipeline } from "../helpers/pipeline.js";

const header = "Ticker,Date,Open,High,Low,Close,Volume,VWAP";
const days = ["2015-09-28", "2015-09-29", "2015-09-30"];
const bars = (symbol: string): string[] => days.map((date) => `${symbol},${date},10,11,9,10.5,1000,10`);

test("backfill of files: what is missing is named, what is refused is shown first, what cannot be inserted is not loaded", async (t) => {
  const pipeline = await createPipeline(t);
  const directory = mkdtempSync(join(tmpdir(), "newstape-backfill-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const environment = { ...pipeline.environment, NEWSTAPE_DATA: directory };
  const backfill = (lines: readonly string[], ...parameters: string[]) => {
    const file = join(directory, "bars.csv");
    writeFileSync(file, [header, ...lines].join("\n"));
    return newstape(environment, ["backfill", "--bars", file, ...parameters]);
  };

  await t.test("without topics the command that makes them is named", async () => {
    const bare = { ...environment, NEWSTAPE_TOPIC_PREFIX: `t${randomBytes(4).toString("hex")}.` };
    const { code, stderr } = await newstape(bare, ["backfill", "--bars", join(directory, "none.csv")]);
    assert.equal(code, 1);
    assert.match(stderr, /is not set up[^]*`newstape topics apply`/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });

  await t.test("a file of which nothing can be taken loads nothing", async () => {
    const { code, stdout } = await backfill(["AAPL,2015-09-27,10,11,9,10,1,1"], "--json");
    assert.equal(code, 3);
    const { loaded, refused } = JSON.parse(stdout) as { loaded: boolean; refused: { code: string }[] };
    assert.deepEqual([loaded, refused.map((one) => one.code)], [false, ["EXCHANGE_CLOSED"]]);
  });

  await t.test("refused lines are named before anything is loaded, and the exit code shows them", async () => {
    const { code, stderr } = await backfill([...bars("AAPL"), "AAPL,2015-09-27,10,11,9,10,1,1"]);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /not read: VWAP\n[^]*EXCHANGE_CLOSED +1 +line 5: [^]*load +3 records published/);
  });

  await t.test("more symbols over the same days are refused as a whole; --late loads them all the same", async () => {
    const more = [...bars("AAPL"), ...bars("MSFT")];
    const refused = await backfill(more);
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stderr, /has reached 2015-09-30T20:00:00.000Z: 3 bars of MSFT lie before that/);
    assert.equal((await pipeline.readAll(pipeline.names.topic("market.bars"))).length, 3);
    const late = await backfill(more, "--late");
    assert.equal(late.code, 0, late.stderr);
    const again = await backfill(more);
    assert.match(again.stderr, /was loaded before/);
  });
});

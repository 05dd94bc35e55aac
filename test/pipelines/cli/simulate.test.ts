/** `simulate --out`, which needs no server. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { newstape, serverless } from "../../helpers/cli.js";

const directory = mkdtempSync(join(tmpdir(), "newstape-simulate-"));
after(() => rmSync(directory, { recursive: true, force: true }));
const place = (name: string): string => join(directory, name);
const simulate = (out: string, ...parameters: string[]) =>
  newstape(serverless(), ["simulate", "--out", place(out), ...parameters]);

test("at the end of a calendar, before anything is written, a sentence says how far it goes", async () => {
  for (const [index, parameters] of [
    ["--calendar", "XBOM", "--start", "2026-12-31T00:00:00Z"],
    ["--calendar", "XTKS", "--start", "2030-12-31T14:00:00Z"],
    ["--start", "2099-12-31T23:00:00Z", "--minutes", "1"],
    ["--calendar", "24/7", "--start", "2099-12-31T23:00:00Z"],
    ["--start", "2101-01-01T00:00:00Z"],
  ].entries()) {
    const { code, stderr } = await simulate(`end-${index}`, ...parameters);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /the calendar \S+ is known from [\d-]+ to [\d-]+/);
    assert.doesNotMatch(stderr, /RangeError|\n +at /);
    assert.ok(!existsSync(place(`end-${index}`)));
  }
  const universe = place("india.csv");
  writeFileSync(universe, "symbol,exchange\nIBM,\nRELIANCE,XBOM\n");
  const { code, stderr } = await simulate("end-india", "--universe", universe, "--start", "2026-12-31T00:00:00Z");
  assert.equal(code, 1);
  assert.match(stderr, /the calendar XBOM .* has 375 bars of 1m, and --minutes asks for 390/);
});

test("each symbol of a universe keeps to its exchange, and what is written says so", async () => {
  const universe = place("mine.csv");
  writeFileSync(universe, "symbol,name,exchange\nIBM,,\n7203,Toyota,XTKS\nVOD,Vodafone,XLON\n");
  const { code, stderr, stdout } = await simulate("mine", "--universe", universe, "--minutes", "3", "--missing", "0");
  assert.equal(code, 0, stderr);
  assert.match(stderr + stdout, /--universe \S*universe\.csv/);
  const times = readFileSync(place("mine/bars.csv"), "utf8").split("\n").slice(1, -1);
  assert.deepEqual(
    times.map((line) => line.split(",").slice(0, 2).join(" ")),
    [
      ...["IBM 2016-01-04T14:31", "VOD 2016-01-04T14:01", "7203 2016-01-05T00:01"].flatMap((first) =>
        [0, 1, 2].map((more) => first.replace(/\d$/, (digit) => `${Number(digit) + more}`)),
      ),
    ]
      .map((text) => `${text}:00.000Z`)
      .sort((one, other) => (one.split(" ")[1] ?? "").localeCompare(other.split(" ")[1] ?? "")),
  );
  assert.match(
    readFileSync(place("mine/universe.csv"), "utf8"),
    /^symbol,name,exchange\nIBM,.*,\n7203,Toyota,XTKS\nVOD,Vodafone,XLON\n$/,
  );
});

test("a universe of more symbols than can be simulated is refused", async () => {
  const universe = place("large.csv");
  writeFileSync(universe, `symbol\n${Array.from({ length: 100_000 }, (_, index) => `S${index}`).join("\n")}\n`);
  const { code, stderr } = await simulate("large", "--universe", universe);
  assert.equal(code, 1);
  assert.match(stderr, /100,000 symbols, and at most 99,999/);
});

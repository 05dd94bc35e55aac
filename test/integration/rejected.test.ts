/** Rejects from the stage that made them to the record that mends them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { featuresStage } from "../../pipelines/stages/features.js";
import { marketStage } from "../../pipelines/stages/market.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import { runStage } from "../../pipelines/runtime/stage/runner.js";
import { newstape } from "../helpers/cli.js";
import { createTestCluster } from "../helpers/kafka.js";
import { bar, fixtureBars } from "../helpers/records.js";
import { stages } from "../../pipelines/stages/index.js";
import { resubmittedHeader } from "../../schemas/headers.js";

test("rejected records are listed, shown, mended and replayed, and count from then on", async (t) => {
  const cluster = await createTestCluster(t, stages);
  const { environment, names } = cluster;
  const bars = fixtureBars("AAPL", 60);
  const bad = bars[50];
  assert.ok(bad);
  await cluster.publish("market.bars", [...bars.slice(0, 50), { ...bad, high: bad.low / 2 }]);
  const hostile = "\u001b[2J\u202ebytes";
  await cluster.publishRaw("market.bars", "AAPL", Buffer.from(hostile));
  const drain = async (): Promise<void> => {
    const running = await runStage(featuresStage, {
      ...cluster,
      metrics: new Metrics(),
      services: {},
      drain: true,
    });
    await running.done;
    await running.stop();
  };
  await drain();
  const run = async (...words: string[]) => {
    const result = await newstape(environment, ["rejected", ...words, "--json"]);
    return { code: result.code, document: JSON.parse(result.stdout) as Record<string, unknown>, stderr: result.stderr };
  };

  const listed = (await run("list", "--stage", "features")).document as {
    rejects: { place: string; code: string; trigger: string; key: string }[];
    codes: Record<string, number>;
  };
  assert.deepEqual(listed.codes, { "features INVALID_PRICE": 1, "features UNDECODABLE": 1 });
  const [priced] = listed.rejects.filter(({ code }) => code === "INVALID_PRICE");
  const [garbage] = listed.rejects.filter(({ code }) => code === "UNDECODABLE");
  assert.ok(priced && garbage);
  assert.equal(priced.key, "AAPL");
  assert.match(priced.trigger, /market\.bars\/\d+\/50$/);

  const plain = await newstape(environment, ["rejected", "show", garbage.place]);
  assert.equal(plain.code, 0, plain.stderr);
  assert.match(plain.stdout, /cannot be decoded/);

  assert.doesNotMatch(plain.stdout, /[\u001b\u202e]/, "nothing of it reaches the terminal as it is");
  const shown = (await run("show", priced.place)).document as { record: { high: number } };
  assert.equal(shown.record.high, bad.low / 2);

  const stillBad = await run("replay", garbage.place, "--yes");
  assert.equal(stillBad.code, 1);
  assert.match(JSON.stringify(stillBad.document), /cannot be decoded.*--edit/);
  const noField = await run("replay", priced.place, "--set", "hihg=3", "--yes");
  assert.match(JSON.stringify(noField.document), /has no hihg/);

  const before = Date.now();
  const replayed = await run("replay", priced.place, "--set", `high=${bad.high}`, "--yes");
  assert.equal(replayed.code, 0, JSON.stringify(replayed));
  const codec = await cluster.codec("market.bars");
  const stored = (await cluster.readAll(names.topic("market.bars"))).at(-1);
  const record = await codec.read(stored?.value ?? null);
  assert.equal(stored?.headers[resubmittedHeader], priced.place);
  assert.deepEqual(
    { ...record, availableAt: 0 },
    { ...bad, availableAt: 0, origin: "live" },
    "mended, and otherwise as it was",
  );
  assert.ok(record.availableAt >= before && record.availableAt <= Date.now(), "it counts from now on");
  const again = await run("replay", priced.place, "--set", `high=${bad.high}`, "--yes");
  assert.equal(again.code, 1);
  assert.match(JSON.stringify(again.document), /was submitted again before/);

  await drain();
  const vectors = await Promise.all(
    (await cluster.readAll(names.topic("features"))).map(async ({ value }) =>
      (await cluster.codec("features")).read(value),
    ),
  );
  const ofIt = vectors.find(({ barId }) => barId === bad.id);
  assert.ok(ofIt && ofIt.asOf >= before, "its vector is as of the replay, not of the bar");
});

test("a bar that is held back for its price is accepted by a replay of the reject as it is", async (t) => {
  const cluster = await createTestCluster(t, stages);
  const { environment, names } = cluster;
  const bars = fixtureBars("AAPL", 60);
  const [tick] = bars.slice(50);
  assert.ok(tick);
  const { open, high, low, close } = tick;
  const held = bar({ ...tick, open: open * 100, high: high * 100, low: low * 100, close: close * 100 });
  await cluster.publish("market.bars", [...bars.slice(0, 50), held, ...bars.slice(51, 53)]);
  const drain = async (): Promise<string[]> => {
    for (const stage of [marketStage, featuresStage]) {
      const running = await runStage(stage, { ...cluster, metrics: new Metrics(), services: {}, drain: true });
      await running.done;
      await running.stop();
    }
    const codec = await cluster.codec("features");
    const stored = await cluster.readAll(names.topic("features"));
    return Promise.all(stored.map(async ({ value }) => (await codec.read(value)).triggerId));
  };
  assert.ok(!(await drain()).includes(held.id));
  const run = async (...words: string[]) => {
    const { code, stdout } = await newstape(environment, ["rejected", ...words, "--json"]);
    return { code, document: JSON.parse(stdout) as { rejects: { place: string }[]; codes: Record<string, number> } };
  };
  const { document } = await run("list");
  assert.deepEqual(document.codes, { "market PRICE_OUT_OF_LINE": 1, "features PRICE_OUT_OF_LINE": 1 });
  const replayed = await run("replay", document.rejects[0]?.place ?? "", "--yes");
  assert.equal(replayed.code, 0);
  assert.ok((await drain()).includes(held.id), "one replay is enough for every stage");
  assert.deepEqual((await run("list")).document.codes, document.codes, "and none holds it back again");
});

test("what names no reject, or nothing to do, gets a message", async (t) => {
  const { environment } = await createTestCluster(t, stages);
  const none = await newstape(environment, ["rejected", "list"]);
  assert.match(none.stderr, /nothing was rejected/);
  const nowhere = await newstape(environment, ["rejected", "show", "features/0/3"]);
  assert.match(nowhere.stderr, /There is no rejected record at features\/0\/3/);
  const odd = await newstape(environment, ["rejected", "show", "featurs/0/3"]);
  assert.match(odd.stderr, /names no rejected record/);
  const nothing = await newstape(environment, ["rejected", "replay"]);
  assert.match(nothing.stderr, /Name the records, or take --all/);
});

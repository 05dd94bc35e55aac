/** Rejects from the stage that made them to the record that mends them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { featuresStage } from "../../pipelines/stages/features.js";
import { Metrics } from "../../pipelines/runtime/metrics.js";
import { runStage } from "../../pipelines/runtime/stage/runner.js";
import { newstape } from "../helpers/cli.js";
import { createTestCluster } from "../helpers/kafka.js";
import { fixtureBars } from "../helpers/records.js";
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

/** The commands that write much, on three brokers without any fault; the long run is `npm run chaos -- commands`. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { withCleanUp } from "../../bench/helpers/cluster.js";
import { runCommands } from "../../chaos/run-commands.js";
import { removeTopics, type KafkaCluster } from "../../helpers/kafka-cluster.js";
import { sliceFiles, sliceSymbolNames } from "../../helpers/pipeline.js";

const linesOf = async (file: string): Promise<string[]> =>
  gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split("\n");

export function testCommands(cluster: () => KafkaCluster): void {
  test("what start --once, ingest and simulate report as written is there, and once", async (t) => {
    await withCleanUp(async (cleanUp) => {
      const directory = await mkdtemp(join(tmpdir(), "newstape-slice-"));
      cleanUp.after(() => rm(directory, { recursive: true, force: true }));
      const [newsFile, barsFile] = [join(directory, "news.jsonl"), join(directory, "bars.csv")];
      const news = (await linesOf(sliceFiles.newsFile)).filter((line) =>
        (JSON.parse(line) as { symbols: string[] }).symbols.every((symbol) => sliceSymbolNames.includes(symbol)),
      );
      const [head, ...bars] = await linesOf(sliceFiles.barsFile);
      const own = bars.filter((line) => sliceSymbolNames.includes(line.split(",")[0] ?? ""));
      await writeFile(newsFile, news.join("\n"));
      await writeFile(barsFile, [head, ...own].join("\n"));

      const results = await runCommands(cleanUp, {
        brokers: cluster(),
        newsFile,
        barsFile,
        simulated: { symbols: 400, minutes: 10 },
        all: false,
        sideBySide: true,
      });
      for (const { command, seconds, records } of results)
        t.diagnostic(`${command}: ${seconds.toFixed(1)} s, ${JSON.stringify(records)}`);
      await removeTopics(cluster());
      const problems = results.flatMap((result) => result.problems.map((problem) => `${result.command}: ${problem}`));
      assert.deepEqual(problems, []);
      const of = (command: string) => results.find((result) => result.command === command);
      assert.equal(of("ingest bars")?.records["market.bars"], own.length);
      assert.ok((of("start")?.records.signals ?? 0) > 200);
    });
  });
}

import type { Config } from "../runtime/config.js";
import { Database } from "../runtime/database/database.js";
import type { Kafka } from "../runtime/kafka/client.js";
import type { Logger } from "../runtime/logger.js";
import type { Metrics } from "../runtime/metrics.js";
import type { RunningPart } from "../stages/part.js";
import { runLanding } from "./consumer.js";
import { landingName } from "./landing-name.js";
import { landBatch } from "./land-batch.js";
import { landedRows, landingSeconds } from "./metrics.js";

export interface LandingStageOptions {
  readonly config: Config;
  readonly kafka: Kafka;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly drain?: boolean;
}

/** Topics → database. */
export async function startLanding(options: LandingStageOptions): Promise<RunningPart> {
  const { config, metrics } = options;
  const logger = options.logger.child({ stage: landingName });
  const database = new Database(config.databaseUrl, { connections: 2 });
  const running = await runLanding({
    ...options,
    logger,
    write: async (batch, witness) => {
      const timer = metrics.histogram(landingSeconds).startTimer();
      const counts = await landBatch(database, batch, witness);
      timer();
      for (const [topic, results] of counts) {
        for (const [result, rows] of Object.entries(results) as [string, number][])
          metrics.counter(landedRows).inc({ topic, result }, rows);
        const { conflicts, refused, twice } = results;
        if (conflicts + refused > 0)
          logger.error({ topic, conflicts, refused }, "records could not land as they were: see landing_audit");
        if (twice > 0) logger.error({ topic, twice }, "the topic holds ids twice: `newstape doctor --only ledgers`");
      }
      return counts;
    },
  });
  return {
    ...running,
    stop: async () => {
      await running.stop();
      await database.close();
    },
  };
}

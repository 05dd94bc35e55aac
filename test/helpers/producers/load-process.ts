/**
 * The process of a load: what is killed, and started again.
 *
 *     load-process.js SETTINGS INCARNATION
 */
import { readConfig } from "../../../pipelines/config.js";
import { ClusterAdmin } from "../../../pipelines/runtime/kafka/admin.js";
import { createKafka } from "../../../pipelines/runtime/kafka/client.js";
import { createLogger } from "../../../pipelines/runtime/logger.js";
import { bulk, transactional } from "./fenced.js";
import { faultOf, type Load, type LoadKind, type LoadSettings } from "./load.js";
import type { Range, Written } from "./numbers.js";
import { plain } from "./plain.js";

export interface LoadMessage {
  readonly progress?: { readonly writer: string; readonly numbers: number };
  readonly failed?: { readonly writer: string; readonly fault: string; readonly uncertain?: Range };
  readonly done?: readonly Written[];
}

const loads: Readonly<Record<LoadKind, Load>> = { transactional, plain, bulk };
const settings = JSON.parse(process.argv[2] ?? "") as LoadSettings;
const send = (message: LoadMessage): void => void process.send?.(message);

let isFinishing = false;
process.on("message", () => (isFinishing = true));
// Whoever started it is gone.
process.once("disconnect", () => process.exit());

const config = readConfig();
const kafka = createKafka(config, createLogger(config.logLevel), settings.topic);
const admin = new ClusterAdmin(kafka);
const share = settings.records / settings.writers;
const written = await Promise.all(
  Array.from({ length: settings.writers }, (_, index) =>
    loads[settings.kind](
      {
        settings,
        incarnation: Number(process.argv[3]),
        kafka,
        admin,
        isOver: (numbers) => isFinishing && numbers >= share,
        progress: (writer, numbers) => send({ progress: { writer, numbers } }),
        failed: (writer, error, uncertain) =>
          send({ failed: { writer, fault: faultOf(error), ...(uncertain && { uncertain }) } }),
      },
      index,
    ),
  ),
);
process.send?.({ done: written } satisfies LoadMessage, () => process.exit());

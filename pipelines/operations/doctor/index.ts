import { accounting } from "./accounting.js";
import { calendars } from "./calendars.js";
import type { Check } from "./check.js";
import { brokerClock, databaseClock } from "./clocks.js";
import { database } from "./database.js";
import { disk } from "./disk.js";
import { groups } from "./groups.js";
import { kafka } from "./kafka.js";
import { ledgers } from "./ledgers.js";
import { models, outbox } from "./models.js";
import { operations } from "./operations.js";
import { registry } from "./registry.js";
import { replication } from "./replication.js";
import { rejects } from "./rejects.js";
import { runtimes } from "./runtimes.js";
import { schemas } from "./schemas.js";
import { sequences } from "./sequences.js";
import { stack } from "./stack.js";
import { symbols } from "./symbols.js";
import { tables } from "./tables.js";
import { topics } from "./topics.js";
import { transactions } from "./transactions.js";

export type { Check, Finding, Severity, Surroundings } from "./check.js";
export { examine, worst, type CheckResult } from "./examine.js";

/** Every check, from the machine to the records, as they are shown. */
export const checks: readonly Check[] = [
  runtimes,
  disk,
  stack,
  kafka,
  registry,
  database,
  topics,
  replication,
  schemas,
  tables,
  calendars,
  models,
  outbox,
  operations,
  groups,
  transactions,
  rejects,
  symbols,
  ledgers,
  accounting,
  sequences,
  brokerClock,
  databaseClock,
];

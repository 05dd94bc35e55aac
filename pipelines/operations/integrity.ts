/**
 * Whether what is promised holds, as far as a glance shows: what `newstape status` prints besides. The doctor looks further,
 * and has the causes.
 */
import type { Queryable } from "../../schemas/queryable.js";
import { Database } from "../runtime/database/database.js";
import type { Kafka } from "../runtime/kafka/client.js";
import { messageOf } from "../runtime/errors.js";
import { PartitionLog } from "../runtime/kafka/partition-log.js";
import {
  isImbalance,
  judgeAccounting,
  readAccounting,
  type AccountingAccess,
  type TopicAccounting,
} from "./accounting.js";
import { imbalanceFinding } from "./doctor/accounting.js";
import type { Severity } from "./doctor/check.js";
import { auditFinding, auditGroups } from "./doctor/ledgers.js";
import { findGaps, sequenceTables } from "./doctor/sequence-gaps.js";

export interface IntegrityNote {
  /** Check of the doctor that has more on it. */
  readonly check: "ledgers" | "accounting" | "sequences";
  readonly severity: Severity;
  readonly summary: string;
}

/** Between two looks: a screen that is drawn every two seconds need not count rows as often. */
const freshMs = 10_000;
const statementMs = 1000;

export class Integrity {
  readonly #log: PartitionLog;
  readonly #database: Database;
  #before: readonly TopicAccounting[] | undefined;
  #at = -Infinity;
  #notes: readonly IntegrityNote[] = [];

  constructor(
    private readonly access: Omit<AccountingAccess, "log"> & { readonly kafka: Kafka; readonly databaseUrl: string },
  ) {
    this.#log = new PartitionLog(access.kafka);
    this.#database = new Database(access.databaseUrl, { connections: 1 });
  }

  /** Takes the counts that those of the first look are compared with: to be called a second or more before the first look. */
  async open(): Promise<void> {
    this.#before = await this.#accounting().catch(() => undefined);
  }

  async look(): Promise<readonly IntegrityNote[]> {
    if (performance.now() - this.#at < freshMs) return this.#notes;
    const notes = await Promise.all([
      this.#noted("accounting", () => this.#accountingNotes()),
      this.#noted("ledgers", () => this.#ledgerNotes()),
    ]);
    // One connection: after the others.
    const gaps = await this.#noted("sequences", () => this.#gapNotes());
    this.#notes = [...notes.flat(), ...gaps];
    this.#at = performance.now();
    return this.#notes;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#log.close(), this.#database.close()]);
  }

  #accounting(): Promise<TopicAccounting[]> {
    return readAccounting({ ...this.access, log: this.#log });
  }

  async #accountingNotes(): Promise<IntegrityNote[]> {
    const now = await this.#accounting();
    const before = this.#before ?? now;
    this.#before = now;
    return judgeAccounting(before, now)
      .filter(isImbalance)
      .map((found) => ({ check: "accounting", severity: "error", summary: imbalanceFinding(found, "").summary }));
  }

  async #ledgerNotes(): Promise<IntegrityNote[]> {
    const groups = await this.#quickly(auditGroups);
    return groups.map(auditFinding).map(({ severity, summary }) => ({ check: "ledgers", severity, summary }));
  }

  /** Of the newest day. Whether a gap is a fault takes a look into the topic. */
  async #gapNotes(): Promise<IntegrityNote[]> {
    const notes: IntegrityNote[] = [];
    // What follows from vectors may skip the numbers of inputs without an output.
    for (const sequence of sequenceTables.filter(({ numbers }) => numbers === "own")) {
      const { gaps } = await this.#quickly((client) => findGaps(client, sequence, 1));
      const unexplained = gaps.filter(({ missing, audited }) => audited < missing);
      const [largest] = unexplained;
      if (!largest) continue;
      const missing = unexplained.reduce((sum, gap) => sum + gap.missing, 0);
      const example = `${largest.of} ${largest.from}–${largest.to}`;
      const summary = `${sequence.table}: ${missing} numbers are missing in \`sequence\` (${example})`;
      notes.push({ check: "sequences", severity: "warning", summary });
    }
    return notes;
  }

  #quickly<Result>(work: (client: Queryable) => Promise<Result>): Promise<Result> {
    return this.#database.transaction(async (client) => {
      await client.query(`SET LOCAL statement_timeout = ${statementMs}`);
      return work(client);
    });
  }

  async #noted(check: IntegrityNote["check"], look: () => Promise<IntegrityNote[]>): Promise<IntegrityNote[]> {
    try {
      return await look();
    } catch (fault) {
      return [{ check, severity: "unknown", summary: `not looked at: ${messageOf(fault)}` }];
    }
  }
}

/** What records that came again from another place are: the evidence is gathered when they are met, as it does not last. */
import type { Finding, FirstRecord } from "./audit.js";
import type { Row } from "./batch-source.js";
import type { LedgerTable } from "./table.js";
import type { Witness } from "./witness.js";

/** A record whose id is known, and the one that is known. */
export interface Again<Content> {
  readonly row: Row<Content>;
  readonly first: FirstRecord;
}

/**
 * Looks in one statement of 1,000 rows, some 2 ms each. Where ten in a row find nothing, the topic was made anew and all
 * of it comes again: then no more are made.
 */
const limits = { looks: 200, fruitless: 10 };

/** Conflicts, and doubles of which it is certain that the topic holds both. A redelivery of the same place is no finding. */
export async function lookAgain<Content>(
  table: LedgerTable<Content>,
  met: readonly Again<Content>[],
  witness: Witness | undefined,
): Promise<Finding<Content>[]> {
  const isConflict = ({ row, first }: Again<Content>): boolean => row.contentHash !== first.contentHash;
  const isRedelivered = ({ row: { landed }, first }: Again<Content>): boolean =>
    landed.partition === first.partition && landed.offset === first.offset;
  // Conflicts first: they are kept whether or not there is room to look.
  const ordered = [...met.filter(isConflict), ...met.filter((again) => !isConflict(again) && !isRedelivered(again))];
  const findings: Finding<Content>[] = [];
  let looks = 0;
  let fruitless = 0;
  for (const again of ordered) {
    const { row } = again;
    let { first } = again;
    if (first.isInTopic === undefined && witness && !isRedelivered(again)) {
      if (witness.isDeleted(table.topic, first)) first = { ...first, isInTopic: false };
      else if (looks < limits.looks && fruitless < limits.fruitless) {
        looks += 1;
        first = await lookAt(table, row, first, witness);
        fruitless = first.isInTopic ? 0 : fruitless + 1;
      }
    }
    if (isConflict(again)) {
      const reason = `the ledger holds this id with the content ${first.contentHash}`;
      findings.push({ kind: "conflict", row, reason, first });
    } else if (first.isInTopic) {
      findings.push({ kind: "doubled", row, reason: `the topic holds the same at offset ${first.offset}`, first });
    }
  }
  return findings;
}

/** Not knowing is no reason to hold up the landing. */
async function lookAt<Content>(
  table: LedgerTable<Content>,
  row: Row<Content>,
  first: FirstRecord,
  witness: Witness,
): Promise<FirstRecord> {
  try {
    const seen = await witness.look(table.topic, first);
    if (!seen || table.id(seen.record as Content) !== table.id(row.landed.record))
      return { ...first, isInTopic: false };
    return { ...first, isInTopic: true, trigger: seen.trigger };
  } catch {
    return first;
  }
}

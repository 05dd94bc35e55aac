import { replaceExports } from "../replace-exports.js";

/**
 * What a reader of committed records must not see. KafkaJS 2.2.4 takes up one aborted transaction for each record, and relies
 * on their order: where those of several producers overlap in a partition, it hands out records of an aborted one. (The
 * protocol's description: https://kafka.apache.org/documentation/#controlbatch, and KIP-98, "5.2 Reading transactional messages".)
 */
export interface AbortedTransaction {
  readonly producerId: string;
  /** Of its first record in the partition. */
  readonly firstOffset: string;
}

export interface TransactionalMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

interface Fetched<Message> {
  readonly messages: readonly Message[];
  readonly abortedTransactions?: readonly AbortedTransaction[] | null | undefined;
}

/** Version 0, type 0; a commit is of type 1. */
const abortMarker = Buffer.from([0, 0, 0, 0]);

/**
 * The records of a fetched partition without control records and without those of aborted transactions.
 *
 * @param fetched.messages in the order of their offsets, control records included
 * @param fetched.abortedTransactions all that reach into the fetched part, in any order
 */
export function withoutAborted<Message extends TransactionalMessage>({
  messages,
  abortedTransactions,
}: Fetched<Message>): Message[] {
  const coming = [...(abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  const aborting = new Set<string>();
  let taken = 0;
  return messages.filter(({ offset, key, isControlRecord, batchContext }) => {
    for (let next = coming[taken]; next && Number(next.firstOffset) <= Number(offset); next = coming[taken]) {
      aborting.add(next.producerId);
      taken += 1;
    }
    if (isControlRecord) {
      if (batchContext && key?.equals(abortMarker)) aborting.delete(batchContext.producerId);
      return false;
    }
    return !(batchContext?.inTransaction && aborting.has(batchContext.producerId));
  });
}

export function hideAborted(require: NodeJS.Require): void {
  replaceExports(require, "consumer/filterAbortedMessages", () => withoutAborted);
}

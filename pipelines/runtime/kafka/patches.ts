/**
 * Everything of KafkaJS that is replaced, in one table. KafkaJS 2.2.4 is its last release, so nothing moves under us; for any other
 * version all of it stands aside.
 *
 * A module keeps what it was given when it was loaded, so that the order of loading decides whether a replacement is in force. Here
 * it does not: KafkaJS is loaded anew, replaced modules first, whoever has loaded it before (who keeps what he has).
 */
import { dirname, sep } from "node:path";
import { hideAborted } from "./wire/aborted-transactions.js";
import { withFastDecoding, withFastFrames, withFastProduce } from "./wire/fast-paths.js";
import { reportLeaderless } from "./leaderless.js";
import { reportOutOfRange } from "./out-of-range.js";
import { reportRefusedCoordinators } from "./refused-coordinators.js";
import { dropSilentBrokers } from "./silent-brokers.js";
import { shareConnecting } from "./single-connection.js";

/** The version whose inside the patches were written for. */
export const knownVersion = "2.2.4";

export interface Patch {
  /** Of KafkaJS: what is replaced. */
  readonly module: string;
  /** What is wrong there. */
  readonly fault: string;
  /** What is done instead. */
  readonly instead: string;
  /** When it can go. */
  readonly until: string;
  /** "exports": the whole module, which must not be loaded yet; "prototype": methods of what it exports. */
  readonly kind: "exports" | "prototype";
  apply(require: NodeJS.Require): void;
}

const ownRequests = "the pipeline makes its fetches itself, as it makes its writes";

export const patches: readonly Patch[] = [
  {
    module: "protocol/requests/produce/v7/request",
    fault: "each field of each record gets a buffer of its own and is copied four times",
    instead: "one buffer of the right size (wire/produce-request.ts), the same bytes",
    until: "the producer's requests are encoded without KafkaJS",
    kind: "exports",
    apply: withFastProduce,
  },
  {
    module: "protocol/request",
    fault: "each request is copied twice into buffers that are zeroed before",
    instead: "one copy",
    until: "there are connections of our own",
    kind: "exports",
    apply: withFastFrames,
  },
  {
    module: "protocol/requests/fetch/v4/decodeMessages",
    fault: "each record costs ten objects before anybody has looked at it",
    instead: "records are decoded as far as somebody asks (wire/record-batches.ts)",
    until: ownRequests,
    kind: "exports",
    apply: withFastDecoding,
  },
  {
    module: "consumer/filterAbortedMessages",
    fault: "records of aborted transactions are handed out where transactions of several producers overlap",
    instead: "the protocol's own rule (wire/aborted-transactions.ts)",
    until: ownRequests,
    kind: "exports",
    apply: hideAborted,
  },
  {
    module: "network/connection",
    fault: "calls to connect at once leave sockets open; half an answer and a late one survive a reconnect",
    instead: "one connection at a time, which begins with nothing",
    until: "there are connections of our own",
    kind: "prototype",
    apply: shareConnecting,
  },
  {
    module: "network/requestQueue, broker, consumer/consumerGroup",
    fault: "a broker that hangs is asked again for ever, and holds up all the others",
    instead: "silence ends the connection, and what one broker cannot give is looked for anew (silent-brokers.ts)",
    until: ownRequests,
    kind: "prototype",
    apply: dropSilentBrokers,
  },
  {
    module: "consumer/offsetManager",
    fault: "at an offset that is gone the beginning is committed in the group's name",
    instead: "the members get an event, and nothing is committed",
    until: ownRequests,
    kind: "prototype",
    apply: reportOutOfRange,
  },
  {
    module: "protocol/requests/metadata",
    fault: "one partition without a leader hides all topics",
    instead: "what only lists topics gets it without a leader (leaderless.ts)",
    until: "topics are looked at by requests of our own",
    kind: "prototype",
    apply: reportLeaderless,
  },
  {
    module: "broker, cluster",
    fault: "why nobody could name a coordinator is swallowed, and ends the consumer for good",
    instead: "the reason is passed on; a broker that is away is worth another try",
    until: ownRequests,
    kind: "prototype",
    apply: reportRefusedCoordinators,
  },
];

export interface Installation {
  readonly installed: boolean;
  /** Why KafkaJS was left as it is. */
  readonly reason?: string;
}

/** Puts all patches in place. Everything that is loaded of KafkaJS from then on, by whomever, has them. */
export function installPatches(require: NodeJS.Require): Installation {
  const manifest = require.resolve("kafkajs/package.json");
  const { version } = require(manifest) as { version: string };
  if (version !== knownVersion) return { installed: false, reason: `kafkajs ${version}, not ${knownVersion}` };
  const folder = dirname(manifest) + sep;
  for (const file of Object.keys(require.cache))
    if (file.startsWith(folder)) Reflect.deleteProperty(require.cache, file);
  for (const kind of ["exports", "prototype"] as const) {
    for (const patch of patches) if (patch.kind === kind) patch.apply(require);
  }
  return { installed: true };
}

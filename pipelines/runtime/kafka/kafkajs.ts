/** KafkaJS is a CommonJS package whose names Node cannot see: its values come through here. */
import { createRequire } from "node:module";
import type * as kafkajs from "kafkajs";
import { tellOutOfRange } from "./out-of-range.js";
import { tellRefusedCoordinators } from "./refused-coordinators.js";
import { dropSilentBrokers } from "./silent-brokers.js";
import { shareConnecting } from "./single-connection.js";
import { hideAborted } from "./wire/aborted-transactions.js";
import { installFastPaths } from "./wire/install.js";

const require = createRequire(import.meta.url);

/** Whether the fast encoding and decoding of records is in use. First: a module that is loaded keeps what it was given. */
export const wire = installFastPaths(require);

shareConnecting(require);
dropSilentBrokers(require);
tellOutOfRange(require);
hideAborted(require);
tellRefusedCoordinators(require);

export const {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  AssignerProtocol,
  CompressionTypes,
  ConfigResourceTypes,
  Kafka,
  Partitioners,
  ResourcePatternTypes,
  logLevel,
} = require("kafkajs") as typeof kafkajs;

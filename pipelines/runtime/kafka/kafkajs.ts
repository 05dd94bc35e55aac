/** KafkaJS is a CommonJS package whose names Node cannot see: its values come through here. */
import { createRequire } from "node:module";
import type * as kafkajs from "kafkajs";
import { installPatches } from "./patches.js";

const require = createRequire(import.meta.url);

/** Whether the patches are in force. */
export const installation = installPatches(require);

export const {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  AssignerProtocol,
  ConfigResourceTypes,
  Kafka,
  Partitioners,
  ResourcePatternTypes,
  logLevel,
} = require("kafkajs") as typeof kafkajs;

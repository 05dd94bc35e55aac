import { sep } from "node:path";

/**
 * Replaces what a module exports.
 *
 * @throws Error when another module has loaded it already, which would go on with the original
 */
export function replaceExports<Value>(
  require: NodeJS.Require,
  path: string,
  replacement: (original: Value) => Value,
): void {
  const file = require.resolve(`kafkajs/src/${path}`);
  const original = require(file) as Value;
  const module = require.cache[file];
  if (!module) throw new Error(`kafkajs/src/${path} is not in the cache`);
  const holder = Object.values(require.cache).find(
    (other) => other?.children.includes(module) && isOfKafkaJS(other.id),
  );
  if (holder) throw new Error(`kafkajs/src/${path} is replaced too late: ${holder.id} has it already`);
  module.exports = replacement(original);
}

const isOfKafkaJS = (file: string): boolean => file.includes(`${sep}kafkajs${sep}src${sep}`);

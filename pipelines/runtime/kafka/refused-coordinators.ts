/**
 * KafkaJS 2.2.4 swallows why no broker could name the coordinator of a group or a transactional id, and ends the consumer for
 * good with "Failed to find group coordinator". Here the reason is passed on: a refusal for want of rights ends it with that
 * reason; a broker that is away or just coming back is worth another try.
 */

interface Parameters {
  readonly groupId: string;
}
interface Finder<Name extends string> {
  readonly prototype: Record<Name, (this: object, parameters: Parameters) => Promise<unknown>>;
}
interface KafkaJSFault {
  retriable?: boolean;
}

/** @param require of the module that loads KafkaJS, so that it is the same copy */
export function reportRefusedCoordinators(require: NodeJS.Require): void {
  const { prototype: broker } = require("kafkajs/src/broker") as Finder<"findGroupCoordinator">;
  const { prototype: cluster } = require("kafkajs/src/cluster") as Finder<"findGroupCoordinatorMetadata">;
  const reasons = new Map<string, Error>();
  const ask = broker.findGroupCoordinator;
  broker.findGroupCoordinator = async function (parameters) {
    try {
      return await ask.call(this, parameters);
    } catch (error) {
      reasons.set(parameters.groupId, error as Error);
      throw error;
    }
  };
  const find = cluster.findGroupCoordinatorMetadata;
  cluster.findGroupCoordinatorMetadata = async function (parameters) {
    reasons.delete(parameters.groupId);
    try {
      return await find.call(this, parameters);
    } catch (error) {
      const fault = error as Error & KafkaJSFault;
      if (fault.name !== "KafkaJSGroupCoordinatorNotFound") throw error;
      // Without a reason no broker could be reached at all.
      fault.retriable = true;
      throw reasons.get(parameters.groupId) ?? fault;
    } finally {
      reasons.delete(parameters.groupId);
    }
  };
}

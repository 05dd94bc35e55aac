/**
 * Who has no right to a group or a transactional id is not told its coordinator. KafkaJS 2.2.4 swallows that answer and
 * says that there is none, which is worth a retry, for ever; here the broker's own answer is passed on.
 */

interface Parameters {
  readonly groupId: string;
}
interface Finder<Name extends string> {
  readonly prototype: Record<Name, (this: object, parameters: Parameters) => Promise<unknown>>;
}

/** @param require of the module that loads KafkaJS, so that it is the same copy */
export function tellRefusedCoordinators(require: NodeJS.Require): void {
  const { prototype: broker } = require("kafkajs/src/broker") as Finder<"findGroupCoordinator">;
  const { prototype: cluster } = require("kafkajs/src/cluster") as Finder<"findGroupCoordinatorMetadata">;
  const refusals = new Map<string, unknown>();
  const ask = broker.findGroupCoordinator;
  broker.findGroupCoordinator = async function (parameters) {
    try {
      return await ask.call(this, parameters);
    } catch (error) {
      if ((error as { type?: string }).type?.endsWith("AUTHORIZATION_FAILED")) refusals.set(parameters.groupId, error);
      throw error;
    }
  };
  const find = cluster.findGroupCoordinatorMetadata;
  cluster.findGroupCoordinatorMetadata = async function (parameters) {
    try {
      return await find.call(this, parameters);
    } catch (error) {
      const refusal = refusals.get(parameters.groupId);
      refusals.delete(parameters.groupId);
      throw refusal ?? error;
    }
  };
}

import type { Kafka } from "kafkajs";
import { UserError } from "../errors.js";
import { AdminConnection } from "./admin-connection.js";
import { faultType } from "./errors.js";
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from "./kafkajs.js";

/** One access rule (ACL) of the broker, in its own words. */
export interface AccessRule {
  /** e.g. `User:newstape-features`. */
  readonly principal: string;
  /** From which address; `*`: any. */
  readonly host: string;
  readonly resource: keyof typeof AclResourceTypes;
  readonly pattern: keyof typeof ResourcePatternTypes;
  readonly name: string;
  readonly operation: keyof typeof AclOperationTypes;
  readonly permission: keyof typeof AclPermissionTypes;
}

/** KafkaJS's enumerations are plain objects: numbers have no names. */
function nameIn<Name extends string>(numbers: Readonly<Record<Name, number>>, number: number): Name {
  const found = Object.entries(numbers).find(([, value]) => value === number);
  return (found?.[0] ?? "UNKNOWN") as Name;
}

/** The access rules of a cluster. Only a super user, or who may alter the cluster, can read and change them. */
export class AccessAdmin {
  readonly #connection: AdminConnection;

  constructor(kafka: Kafka) {
    this.#connection = new AdminConnection(kafka);
  }

  /** @throws UserError when the broker has no authorizer */
  async list(): Promise<AccessRule[]> {
    const admin = await this.#connection.ready();
    const { resources } = await explained(() =>
      admin.describeAcls({
        resourceType: AclResourceTypes.ANY,
        resourcePatternType: ResourcePatternTypes.ANY,
        operation: AclOperationTypes.ANY,
        permissionType: AclPermissionTypes.ANY,
      }),
    );
    return resources.flatMap(({ resourceType, resourceName, resourcePatternType, acls }) =>
      acls.map(({ principal, host, operation, permissionType }) => ({
        principal,
        host,
        resource: nameIn(AclResourceTypes, resourceType),
        pattern: nameIn(ResourcePatternTypes, resourcePatternType),
        name: resourceName,
        operation: nameIn(AclOperationTypes, operation),
        permission: nameIn(AclPermissionTypes, permissionType),
      })),
    );
  }

  /** Those that are there already stay as they are. */
  async create(rules: readonly AccessRule[]): Promise<void> {
    if (rules.length === 0) return;
    const admin = await this.#connection.ready();
    await explained(() =>
      admin.createAcls({
        acl: rules.map(({ principal, host, resource, pattern, name, operation, permission }) => ({
          principal,
          host,
          resourceType: AclResourceTypes[resource],
          resourceName: name,
          resourcePatternType: ResourcePatternTypes[pattern],
          operation: AclOperationTypes[operation],
          permissionType: AclPermissionTypes[permission],
        })),
      }),
    );
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

async function explained<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (faultType(error) !== "SECURITY_DISABLED") throw error;
    throw new UserError(
      "The broker has no authorizer: it lets everybody do everything, and keeps no access rules",
      "Set authorizer.class.name on the brokers (with KRaft: org.apache.kafka.metadata.authorizer.StandardAuthorizer), then run the command again.",
      { cause: error },
    );
  }
}

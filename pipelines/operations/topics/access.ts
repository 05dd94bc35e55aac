/**
 * Who may do what on the broker, derived from the stages' declarations: each part of the pipeline under a user of its own
 * reads what it declares to read, and writes what it declares to write.
 *
 * A right to read or write includes the right to describe (Kafka's own rule), and WRITE on a topic includes the idempotent
 * producer (since Kafka 3.0): https://kafka.apache.org/documentation/#operations_resources_and_protocols
 */
import { landedTopics, topicNames, type TopicName } from "../../../schemas/topics.js";
import type { AccessRule } from "../../runtime/kafka/access-admin.js";
import { namesUnder } from "../../runtime/names.js";
import type { AnyStage } from "../../runtime/stage/definition.js";

/** What one part of the pipeline may do with resources of a kind. */
export interface Right {
  readonly resource: "TOPIC" | "GROUP" | "TRANSACTIONAL_ID";
  readonly pattern: "LITERAL" | "PREFIXED";
  readonly names: readonly string[];
  readonly operations: readonly AccessRule["operation"][];
}

export interface Role {
  /** A stage, or `landing`, `registry`, `ingest`, `reader`, `operations`. */
  readonly name: string;
  readonly description: string;
  readonly rights: readonly Right[];
}

/** Every role, in the order of the pipeline. */
export function roles(prefix: string, stages: readonly AnyStage[]): Role[] {
  const names = namesUnder(prefix);
  const topic = (list: readonly string[], ...operations: Right["operations"]): Right[] =>
    list.length > 0 ? [{ resource: "TOPIC", pattern: "LITERAL", names: list, operations }] : [];
  const logical = (list: readonly TopicName[]): string[] => list.map(names.topic);
  const group = (name: string): Right => ({
    resource: "GROUP",
    pattern: "LITERAL",
    names: [names.group(name)],
    operations: ["READ"],
  });
  // A reader's group has a random name, and is deleted when the reader is done.
  const readers: Right = {
    resource: "GROUP",
    pattern: "PREFIXED",
    names: [`${names.group("reader")}.`],
    operations: ["READ", "DELETE"],
  };
  // A note of an unfinished operation, which nobody starts over: see operations/unfinished.ts.
  const note: Right[] = [
    { resource: "GROUP", pattern: "LITERAL", names: [names.group("operations")], operations: ["DESCRIBE"] },
    ...topic(logical(["news.raw"]), "DESCRIBE"),
  ];
  const changelogs = stages.filter(({ stateSchema }) => stateSchema).map(({ name }) => names.changelog(name));
  const rejected = [...stages.map(({ name }) => name), "landing"].map(names.rejected);

  const ofStage = (stage: AnyStage): Role => {
    const usesModels = (stage.models as string[]).length > 0;
    const changelog = stage.stateSchema ? [names.changelog(stage.name)] : [];
    return {
      name: stage.name,
      description: stage.description,
      rights: [
        ...topic(
          logical([...(stage.inputs as TopicName[]), ...(usesModels ? ["models.registry" as const] : [])]),
          "READ",
        ),
        ...topic(changelog, "READ", "WRITE"),
        ...topic([...logical(stage.outputs as TopicName[]), names.rejected(stage.name)], "WRITE"),
        group(stage.name),
        ...(usesModels ? [readers] : []),
        {
          resource: "TRANSACTIONAL_ID",
          pattern: "PREFIXED",
          names: [`${names.group(stage.name)}.`],
          operations: ["WRITE"],
        },
        ...note,
      ],
    };
  };
  return [
    {
      name: "ingest",
      description: "Brings news and bars in.",
      rights: topic(logical(["news.raw", "market.bars"]), "WRITE"),
    },
    ...stages.map(ofStage),
    {
      name: "landing",
      description: "Writes the topics into the database.",
      rights: [
        ...topic(logical(landedTopics), "READ"),
        ...topic([names.rejected("landing")], "WRITE"),
        group("landing"),
        ...note,
      ],
    },
    {
      name: "registry",
      description: "Publishes the model registry.",
      rights: [...topic(logical(["models.registry"]), "WRITE"), ...note],
    },
    {
      name: "reader",
      description: `Subscribers of the topics; their consumer groups begin with \`${names.group("reader")}.\`.`,
      rights: [...topic(logical(topicNames), "READ"), readers],
    },
    {
      name: "operations",
      description: "Sets up, backfills, resets, rebuilds, replays and repairs; reads the rejects.",
      rights: [
        ...topic([...logical(topicNames), ...changelogs, ...rejected], "ALL"),
        // Everything of ours begins so; a role of its own, because it can do everything that the others can.
        { resource: "GROUP", pattern: "PREFIXED", names: [names.group("")], operations: ["ALL"] },
        { resource: "TRANSACTIONAL_ID", pattern: "PREFIXED", names: [names.group("")], operations: ["ALL"] },
      ],
    },
  ];
}

/** Of a role's user; the template says where its name goes, e.g. `User:CN={role},O=Example` for certificates. */
export const defaultPrincipal = "User:newstape-{role}";

/** The rules that give the roles their rights, in the broker's terms. */
export function accessRules(list: readonly Role[], principal: string = defaultPrincipal): AccessRule[] {
  return list.flatMap(({ name: role, rights }) =>
    rights.flatMap(({ resource, pattern, names, operations }) =>
      names.flatMap((name) =>
        operations.map((operation) => ({
          principal: principal.replaceAll("{role}", role),
          host: "*",
          resource,
          pattern,
          name,
          operation,
          permission: "ALLOW" as const,
        })),
      ),
    ),
  );
}

export interface AccessPlan {
  readonly missing: readonly AccessRule[];
  /** Other rules on what is ours: nobody here made them, and nothing here removes them. */
  readonly others: readonly AccessRule[];
}

export function planAccess(desired: readonly AccessRule[], existing: readonly AccessRule[]): AccessPlan {
  const wanted = new Set(desired.map(describeRule));
  const present = new Set(existing.map(describeRule));
  const literal = new Set(desired.map(({ resource, name }) => `${resource} ${name}`));
  const prefixes = desired.filter(({ pattern }) => pattern === "PREFIXED");
  const touchesOurs = ({ resource, pattern, name }: AccessRule): boolean =>
    literal.has(`${resource} ${name}`) ||
    (pattern === "LITERAL" && name === "*" && resource !== "CLUSTER") ||
    prefixes.some((own) => own.resource === resource && name.startsWith(own.name)) ||
    (pattern === "PREFIXED" && desired.some((own) => own.resource === resource && own.name.startsWith(name)));
  return {
    missing: desired.filter((rule) => !present.has(describeRule(rule))),
    others: existing.filter((rule) => !wanted.has(describeRule(rule)) && touchesOurs(rule)),
  };
}

/** One line a rule, for people. */
export function describeRule({ principal, host, resource, pattern, name, operation, permission }: AccessRule): string {
  const where = `${resource.toLowerCase()} ${name}${pattern === "PREFIXED" ? "*" : ""}`;
  return `${principal}${host === "*" ? "" : ` from ${host}`} ${permission === "DENY" ? "may not" : "may"} ${operation} ${where}`;
}

/** The file `deploy/kafka/acls.json`: what a reviewer reads, under the default names. */
export function accessDocument(stages: readonly AnyStage[]): string {
  const document = {
    about: "Generated by `npm run docs` from the stages; `newstape topics apply --acls` makes it so.",
    principal: defaultPrincipal,
    roles: roles("", stages),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

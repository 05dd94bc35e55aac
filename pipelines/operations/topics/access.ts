/**
 * Who may do what on the broker, derived from the catalogue of parts: each part of the pipeline under a user of its own reads
 * what it declares to read, and writes what it declares to write.
 *
 * A right to read or write includes the right to describe (Kafka's own rule), and WRITE on a topic includes the idempotent
 * producer (since Kafka 3.0): https://kafka.apache.org/documentation/#operations_resources_and_protocols
 */
import { topicNames } from "../../../schemas/topics.js";
import type { AccessRule } from "../../runtime/kafka/access-admin.js";
import { namesUnder, type Names } from "../../runtime/names.js";
import { rejectersOf, type Part } from "../../stages/part.js";
import { noteGroup, noteTopic } from "../unfinished.js";

/** What one part of the pipeline may do with resources of a kind. */
export interface Right {
  readonly resource: "TOPIC" | "GROUP" | "TRANSACTIONAL_ID";
  readonly pattern: "LITERAL" | "PREFIXED";
  readonly names: readonly string[];
  readonly operations: readonly AccessRule["operation"][];
}

export interface Role {
  /** A part of the pipeline, or `reader`, `operations`. */
  readonly name: string;
  readonly description: string;
  readonly rights: readonly Right[];
}

/** Every role: the parts' in the order of the pipeline, then those of the people. */
export function roles(prefix: string, parts: readonly Part[]): Role[] {
  const names = namesUnder(prefix);
  const readers = readerGroups(names);
  const changelogs = parts
    .filter(({ stateSchema }) => stateSchema !== undefined)
    .map(({ name }) => names.changelog(name));
  return [
    ...parts.map((part) => ({ name: part.name, description: part.description, rights: rightsOf(part, names) })),
    {
      name: "reader",
      description: `Subscribers of the topics; their consumer groups begin with \`${names.group("reader")}.\`.`,
      rights: [...onTopics(topicNames.map(names.topic), "READ"), readers],
    },
    {
      name: "operations",
      description: "Sets up, backfills, resets, rebuilds, replays and repairs; reads the rejects.",
      rights: [
        ...onTopics([...topicNames.map(names.topic), ...changelogs, ...rejectersOf(parts).map(names.rejected)], "ALL"),
        // Everything of ours begins so; a role of its own, because it can do everything that the others can.
        { resource: "GROUP", pattern: "PREFIXED", names: [names.group("")], operations: ["ALL"] },
        { resource: "TRANSACTIONAL_ID", pattern: "PREFIXED", names: [names.group("")], operations: ["ALL"] },
      ],
    },
  ];
}

/** What a part needs to do what it declares, and no more. */
function rightsOf(part: Part, names: Names): Right[] {
  const { name, kind, inputs, readsWhole, outputs, hasRejects, stateSchema, start } = part;
  const rights = [
    ...onTopics([...inputs, ...readsWhole].map(names.topic), "READ"),
    ...onTopics(stateSchema === undefined ? [] : [names.changelog(name)], "READ", "WRITE"),
    ...onTopics([...outputs.map(names.topic), ...(hasRejects ? [names.rejected(name)] : [])], "WRITE"),
  ];
  if (inputs.length > 0)
    rights.push({ resource: "GROUP", pattern: "LITERAL", names: [names.group(name)], operations: ["READ"] });
  if (readsWhole.length > 0) rights.push(readerGroups(names));
  if (kind === "stage")
    rights.push({
      resource: "TRANSACTIONAL_ID",
      pattern: "PREFIXED",
      names: [`${names.group(name)}.`],
      operations: ["WRITE"],
    });
  return start ? [...rights, ...onNote(names)] : rights;
}

const onTopics = (names: readonly string[], ...operations: Right["operations"]): Right[] =>
  names.length > 0 ? [{ resource: "TOPIC", pattern: "LITERAL", names, operations }] : [];

/** A reader's group has a random name, and is deleted when the reader is done. */
const readerGroups = (names: Names): Right => ({
  resource: "GROUP",
  pattern: "PREFIXED",
  names: [`${names.group("reader")}.`],
  operations: ["READ", "DELETE"],
});

/** What runs does not start while the note names an unfinished operation. */
const onNote = (names: Names): Right[] => [
  { resource: "GROUP", pattern: "LITERAL", names: [noteGroup(names)], operations: ["DESCRIBE"] },
  ...onTopics([noteTopic(names)], "DESCRIBE"),
];

/** Of a role's user; the template has the place of its name, e.g. `User:CN={role},O=Example` for certificates. */
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
  /** Other rules on what is ours: they were made elsewhere, and nothing here removes them. */
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
export function accessDocument(parts: readonly Part[]): string {
  const document = {
    about: "Generated by `npm run docs` from the stages; `newstape topics apply --acls` makes it so.",
    principal: defaultPrincipal,
    roles: roles("", parts),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** The tables of the pages that follow from the code: written by `npm run docs`, compared by a test. */
import type { Command } from "commander";
import type { z } from "zod";
import { headerMeanings } from "../../../schemas/headers.js";
import { rejectCodes, rejectRemedies, type RejectCode } from "../../../schemas/reject-codes.js";
import { columnNames } from "../../ingest/columns.js";
import { topicNames, topics, type TopicName } from "../../../schemas/topics.js";
import { variables } from "../../config.js";
import { metricDefinitions } from "../../metrics.js";
import type { Part } from "../../stages/part.js";
import { exitCodes, exitCodesOf, generalMeanings, leavesOf, type ExitName } from "../exit-codes.js";

type Row = readonly string[];
const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Default of a variable as the table shows it. */
function defaultOf(schema: z.ZodType): string {
  const { data } = schema.safeParse(undefined);
  if (data === "") return "(empty)";
  if (Array.isArray(data) && data.length > 0) return `\`${data.join(",")}\``;
  return typeof data === "string" || typeof data === "number" || typeof data === "boolean" ? `\`${data}\`` : "";
}

function commandRows(command: Command, prefix = ""): Row[] {
  return command.commands.flatMap((child) => {
    const name = `${prefix}${child.name()}`;
    if (child.commands.length > 0) return commandRows(child, `${name} `);
    const usage = child.registeredArguments.map((argument) => {
      const words = argument.variadic ? `${argument.name()}…` : argument.name();
      return argument.required ? `<${words}>` : `[${words}]`;
    });
    return [[`\`${[name, ...usage].join(" ")}\``, child.description()]];
  });
}

/** Each exit code with the commands that can give it, and what it tells there. */
function exitRows(program: Command): Row[] {
  const commands = leavesOf(program);
  return (Object.keys(exitCodes) as ExitName[]).map((name) => {
    const giving = commands.flatMap(({ path, command }) =>
      exitCodesOf(command).flatMap((code) => (code.name === name ? [`\`${path}\``] : [])),
    );
    return [
      String(exitCodes[name]),
      generalMeanings[name],
      giving.length === commands.length ? "every command" : giving.join(", "),
    ];
  });
}

/** Who writes a topic, and who reads it: where no stage or service does, it is for users. */
function waysOf(topic: TopicName, parts: readonly Part[]): string {
  const writers = parts.filter(({ outputs }) => outputs.includes(topic));
  const readers = parts.filter(
    ({ kind, inputs, readsWhole }) => kind !== "sink" && [...inputs, ...readsWhole].includes(topic),
  );
  const names = (list: readonly Part[]): string => list.map(({ name }) => name).join(", ");
  return `${names(writers)} → ${readers.length > 0 ? names(readers) : "users"}`;
}

/** A table by the name of its marker. */
export type Tables = Readonly<
  Record<"topics" | "headers" | "codes" | "columns" | "configuration" | "metrics" | "commands" | "exits", string>
>;

export function generatedTables(program: Command, parts: readonly Part[]): Tables {
  return {
    topics: table(
      ["topic", "key", "value", "written by → read by"],
      topicNames.map((name) => [`\`${name}\``, topics[name].key, topics[name].description, waysOf(name, parts)]),
    ),
    headers: table(
      ["header", "meaning"],
      Object.entries(headerMeanings).map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
    codes: table(
      ["code", "reason", "what to do"],
      Object.entries(rejectCodes).map(([code, reason]) => [`\`${code}\``, reason, rejectRemedies[code as RejectCode]]),
    ),
    columns: table(
      ["in files of", "field", "also read as"],
      (["news", "bars"] as const).flatMap((kind) =>
        Object.entries(columnNames(kind)).flatMap(([field, names]) =>
          names.length > 0 ? [[kind, `\`${field}\``, names.map((name) => `\`${name}\``).join(", ")]] : [],
        ),
      ),
    ),
    configuration: table(
      ["variable", "default", "meaning"],
      Object.entries(variables).map(([name, schema]) => [`\`${name}\``, defaultOf(schema), schema.description ?? ""]),
    ),
    metrics: table(
      ["metric", "type", "labels", "meaning"],
      metricDefinitions.map(({ name, kind, labelNames, help }) => [
        `\`${name}\``,
        kind,
        labelNames.map((label) => `\`${label}\``).join(", "),
        help,
      ]),
    ),
    commands: table(["command", "what it does"], commandRows(program)),
    exits: table(["code", "meaning", "commands"], exitRows(program)),
  };
}

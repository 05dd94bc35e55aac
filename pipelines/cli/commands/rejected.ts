import { readFile } from "node:fs/promises";
import Table from "cli-table3";
import { Command, Option } from "commander";
import { rejectCodes } from "../../../schemas/reject-codes.js";
import type { Connection } from "../../operations/connection.js";
import { decodeReject } from "../../operations/rejected/decode.js";
import { messageOf, UserError } from "../../runtime/errors.js";
import {
  findReject,
  parseRejectPlace,
  readRejects,
  rejectPlaceText,
  type Reject,
} from "../../operations/rejected/rejects.js";
import { resubmit } from "../../operations/rejected/resubmit.js";
import type { OperationsAccess } from "../../operations/reset.js";
import { confirm } from "../confirm.js";
import { say } from "../context.js";
import { rejecterNames } from "../names.js";
import { withOperations } from "../operations-context.js";
import { printable, withJson, writeJson } from "../output.js";
import { spellingsGiven } from "../universe-option.js";

interface FilterOptions {
  readonly stage?: string;
  readonly code?: string;
  readonly key?: string;
  readonly since?: number;
}

interface ListOptions extends FilterOptions {
  readonly count: number;
  readonly json?: boolean;
}

interface ResubmitOptions extends FilterOptions {
  readonly all?: boolean;
  readonly edit?: string;
  readonly set?: Map<string, unknown>;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function rejectedCommand(): Command {
  const list = withFilter(
    withJson(new Command("list"), "{rejects: [{place, code, reason, key, rejectedAt, trigger}], total, codes}"),
  )
    .description("What was refused, why and where it came from.")
    .option("-n, --count <number>", "the newest so many", Number, 50)
    .action((options: ListOptions) => withOperations((context) => runList(context, options)));
  const show = withJson(new Command("show"), "{place, code, reason, key, rejectedAt, trigger, headers, record, bytes}")
    .description("One rejected record with everything that is known of it, decoded where it can be.")
    .argument("<place>", "STAGE/PARTITION/OFFSET, as `list` shows it")
    .action((place: string, { json }: { json?: boolean }) =>
      withOperations((context) => runShow(context, place, json ?? false)),
    );
  const again = withFilter(withJson(new Command("replay"), "{resubmitted: [{reject, topic, partition, key}]}"))
    .description("Publish rejected records again, mended or as they are; they count from now on.")
    .argument("[place...]", "STAGE/PARTITION/OFFSET")
    .option("--all", "all that --stage, --code, --key and --since leave")
    .option("--set <field=value>", "set a field, e.g. --set close=101.5; the value is JSON, or else a text", fieldOf)
    .option("--edit <file>", "the whole record as JSON, in place of the rejected one")
    .option("--force", "even what was submitted again before")
    .option("-y, --yes", "do not ask")
    .addHelpText(
      "after",
      `
A record counts from its replay: its availableAt (of a derived record its asOf) becomes the present, and its origin live. Its
content (eventTime, prices, texts) stays as it is or was set. Each can be replayed once; its new record names it in the
header newstape-resubmitted. A record rejected as BAR_TOO_OLD would be too old again: \`newstape rebuild\` takes it in. A bar
held back as PRICE_OUT_OF_LINE, replayed as it is, is accepted by hand (its field confirmed): one replay is enough for all stages
that held it back. Mended with --set, its price is judged anew.

Examples:
  newstape rejected replay features/2/17 --set high=102.5
  newstape rejected replay --all --stage scores --code WRONG_FEATURE_SET`,
    )
    .action((places: string[], options: ResubmitOptions) =>
      withOperations((context) => runResubmit(context, places, options)),
    );
  return new Command("rejected")
    .description("List, show and replay what a stage or the landing has refused.")
    .addCommand(list)
    .addCommand(show)
    .addCommand(again);
}

const withFilter = (command: Command): Command =>
  command
    .addOption(new Option("--stage <stage>", "only what this stage refused").choices(rejecterNames))
    .addOption(new Option("--code <code>", "only this code").choices(Object.keys(rejectCodes)))
    .option("--key <key>", "only this key, e.g. a symbol in any spelling")
    .option("--since <time>", "only what was refused from this time on", timeOf);

type Access = Connection & OperationsAccess;

async function collect({ log, names }: Access, { stage, code, key, since }: FilterOptions): Promise<Reject[]> {
  const rejects: Reject[] = [];
  const keys = key === undefined ? undefined : new Set([key, ...spellingsGiven(key)]);
  const filter = { stages: stage === undefined ? rejecterNames : [stage], code, keys, since };
  for await (const reject of readRejects(log, names, filter)) rejects.push(reject);
  return rejects.sort((one, other) => other.rejectedAt - one.rejectedAt);
}

const summaryOf = (reject: Reject) => {
  const { code, reason, key, rejectedAt, trigger } = reject;
  return { place: rejectPlaceText(reject), code, reason, key, rejectedAt: new Date(rejectedAt).toISOString(), trigger };
};

async function runList(context: Access, options: ListOptions): Promise<void> {
  const rejects = await collect(context, options);
  const codes: Record<string, number> = {};
  for (const { stage, code } of rejects) codes[`${stage} ${code}`] = (codes[`${stage} ${code}`] ?? 0) + 1;
  const shown = rejects.slice(0, options.count).map(summaryOf);
  if (options.json) return writeJson({ rejects: shown, total: rejects.length, codes });
  if (rejects.length === 0) return say("nothing was rejected");
  const table = new Table({
    head: ["place", "refused at", "key", "code", "reason", "input"],
    style: { head: [], border: [] },
  });
  for (const { place, rejectedAt, key, code, reason, trigger } of shown)
    table.push([place, rejectedAt, printable(key ?? ""), code, printable(reason.slice(0, 80)), trigger]);
  console.log(table.toString());
  console.log(
    `${rejects.length} in all: ${Object.entries(codes)
      .map(([what, count]) => `${count} ${what}`)
      .join(", ")}`,
  );
}

async function runShow(context: Access, text: string, json: boolean): Promise<void> {
  const reject = await findReject(context.log, context.names, parseRejectPlace(text, rejecterNames));
  const { record, fault } = await decodeReject(context, reject);
  const { value, headers } = reject;
  if (json)
    return writeJson({
      ...summaryOf(reject),
      headers,
      record: record ?? null,
      bytes: value?.toString("base64") ?? null,
    });
  const meaning = Object.hasOwn(rejectCodes, reject.code) ? rejectCodes[reject.code as keyof typeof rejectCodes] : "";
  console.log(`${reject.code}: ${meaning}`);
  for (const [name, content] of Object.entries(summaryOf(reject)))
    console.log(`  ${name.padEnd(11)} ${printable(content ?? "none")}`);
  for (const [name, content] of Object.entries(headers))
    console.log(`  header      ${printable(`${name}: ${content}`)}`);
  if (record !== undefined) console.log(printableJson(record));
  else
    console.log(
      `${value?.length ?? 0} bytes that cannot be decoded (${printable(fault ?? "")}):\n${dump(value ?? Buffer.alloc(0))}`,
    );
}

async function runResubmit(context: Access, texts: readonly string[], options: ResubmitOptions): Promise<void> {
  if (texts.length > 0 === (options.all ?? false))
    throw new UserError("Name the records, or take --all with a filter", "`newstape rejected list` shows them.");
  const rejects = options.all
    ? (await collect(context, options)).reverse()
    : await Promise.all(
        texts.map((text) => findReject(context.log, context.names, parseRejectPlace(text, rejecterNames))),
      );
  if (options.edit !== undefined && rejects.length !== 1)
    throw new UserError("--edit is for one record", "Name it by its place.");
  if (rejects.length === 0) return say("nothing to replay");
  await confirm(`Publish ${rejects.length} records again, as of now?`, options.yes ?? false);
  const record = options.edit === undefined ? undefined : parseJson(await readFile(options.edit, "utf8"), options.edit);
  const resubmitted = [];
  for (const reject of rejects) {
    const done = await resubmit(context, reject, {
      ...(options.set && { set: options.set }),
      ...(record !== undefined && { record }),
      force: options.force ?? false,
    });
    resubmitted.push(done);
    if (!options.json) say(`  ${done.reject} → ${done.topic}/${done.partition} (${printable(done.key)})`);
  }
  if (options.json) writeJson({ resubmitted });
}

const printableJson = (record: unknown): string =>
  JSON.stringify(record, undefined, 2)
    .split("\n")
    .map((line) => printable(line))
    .join("\n");

/** 16 bytes a line: place, hexadecimal, text. At most 1 KiB. */
function dump(bytes: Buffer): string {
  const lines: string[] = [];
  for (let start = 0; start < Math.min(bytes.length, 1024); start += 16) {
    const row = bytes.subarray(start, start + 16);
    const text = row.toString("latin1").replace(/[^\x20-\x7e]/g, ".");
    lines.push(
      `${start.toString(16).padStart(8, "0")}  ${row.toString("hex").replace(/../g, "$& ").padEnd(48)} ${text}`,
    );
  }
  if (bytes.length > 1024) lines.push(`… ${bytes.length - 1024} more`);
  return lines.join("\n");
}

function fieldOf(text: string, before: Map<string, unknown> = new Map<string, unknown>()): Map<string, unknown> {
  const [, field, value] = /^([\w.]+)=([\s\S]*)$/.exec(text) ?? [];
  if (field === undefined || value === undefined)
    throw new UserError(`--set ${text} sets nothing`, "Write field=value, e.g. --set close=101.5.");
  let parsed: unknown = value;
  try {
    parsed = JSON.parse(value);
  } catch {
    // Not JSON: the text itself.
  }
  return before.set(field, parsed);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${messageOf(error)}`);
  }
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new UserError(`${text} is no time`, "Give a date or a moment, e.g. 2026-01-31 or 2026-01-31T15:00:00Z.");
}

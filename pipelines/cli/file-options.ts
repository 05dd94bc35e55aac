/** The options of every command that reads news or bars from files: how they are to be read, and where refusals go. */
import { Option, type Command } from "commander";
import {
  adjustedChoices,
  parseColumnMap,
  readInterval,
  zoneOf,
  type Adjusted,
  type ColumnMap,
} from "../ingest/index.js";
import type { IngestKind, ReadOptions, Stamped } from "../ingest/index.js";
import { UserError } from "../runtime/errors.js";

export interface FileOptions {
  readonly interval?: string;
  readonly zone?: string;
  readonly stamped?: Stamped;
  readonly adjusted?: Adjusted;
  readonly map?: ColumnMap;
  readonly columns?: readonly string[];
  readonly symbol?: string;
  readonly rejects?: string;
}

/**
 * Adds the options.
 *
 * @param kinds what the command's files hold
 */
export function withFileOptions(command: Command, kinds: readonly IngestKind[]): Command {
  command
    .addOption(
      new Option("--map <field=column,…>", "columns by the names that the files have: published_at=datetime").argParser(
        parseColumnMap,
      ),
    )
    .addOption(
      new Option(
        "--zone <zone>",
        kinds.includes("bars")
          ? "zone of times without one: America/New_York; exchange: that of the bar's exchange"
          : "zone of times without one: America/New_York",
      ).argParser(zoneChoice),
    )
    .addOption(
      new Option("--columns <names>", "columns of a CSV without a header, - for others").argParser(columnNames),
    )
    .option("--symbol <ticker>", "symbol of a file whose lines name none");
  if (kinds.includes("bars")) {
    command
      .addOption(
        new Option("--interval <interval>", "interval of bars that have a time and name none, e.g. 1m").argParser(
          interval,
        ),
      )
      .addOption(new Option("--stamped <end>", "which end of a bar its time is").choices(["open", "close"]))
      .addOption(
        new Option("--adjusted <what>", "what the prices hold already, and is not counted again").choices(
          adjustedChoices,
        ),
      );
  }
  return withRejects(command);
}

/** Adds the option that keeps every refused line. */
export const withRejects = (command: Command): Command =>
  command.option("--rejects <file>", "write every refused line here, JSON Lines");

/** What a file of a kind is read with. In a command for two files, what is of a whole file is of the bars. */
export function readOptions(
  options: FileOptions,
  kind: IngestKind,
  isOfTwo = false,
): Pick<ReadOptions, "interval" | "zone" | "stamped" | "adjusted" | "map" | "columns" | "symbol"> {
  const { interval, zone, stamped, adjusted, map, columns, symbol } = options;
  const ofFile = isOfTwo && kind === "news" ? {} : { columns, symbol };
  return { map, zone, ...(kind === "bars" ? { interval, stamped, adjusted } : {}), ...ofFile };
}

function interval(text: string): string {
  const found = readInterval(text);
  if (found !== undefined) return found;
  throw new UserError(`--interval ${text} is no interval`, "Write it like 30s, 1m, 1h or 1d.");
}

function zoneChoice(text: string): string {
  if (text === "exchange" || zoneOf(text) !== undefined) return text;
  throw new UserError(
    `--zone ${text} is no time zone`,
    "Give an IANA name like America/New_York, UTC, -05:00, or exchange.",
  );
}

const columnNames = (text: string): string[] => text.split(",").map((name) => name.trim());

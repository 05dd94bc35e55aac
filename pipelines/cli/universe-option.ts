/** The option of every command that reads symbols, and what it comes to. */
import { type Command, Option } from "commander";
import { readConfig } from "../config.js";
import { anySymbol, isBundledFile, readUniverse, spellingsOf, type Universe } from "../ingest/index.js";
import { UserError } from "../runtime/errors.js";

/** As commander hands them to the action of a command with `withUniverse`. */
export interface UniverseOptions {
  readonly universe?: string;
  readonly symbols?: string;
}

const universeFlag = "--universe <file>";

/** Adds `--universe`, and `--symbols` as its former name. */
export function withUniverse(command: Command): Command {
  return command
    .option(
      universeFlag,
      "your symbols: CSV symbol,name,aliases,exchange,currency,formerly, of which only symbol is needed, or `any`; default: NEWSTAPE_UNIVERSE, else any",
    )
    .addOption(new Option("--symbols <file>", "another name of --universe").conflicts("universe"));
}

/** The same for a command whose `--symbols` means something else. */
export const withUniverseAlone = (command: Command, description: string): Command =>
  command.option(universeFlag, description);

/**
 * The universe that was chosen, by the option or else by NEWSTAPE_UNIVERSE.
 *
 * @returns undefined where none was: files decide then, see `ReadOptions.symbols`
 * @throws UserError for a file that cannot be used
 */
export function chosenUniverse({ universe, symbols }: UniverseOptions = {}): Universe | undefined {
  const choice = universe ?? symbols ?? readConfig().universe;
  if (choice === undefined) return undefined;
  if (choice === "") throw new UserError("--universe names no file", "Give a CSV file of symbols, or the word any.");
  return readUniverse(choice);
}

/**
 * The universe for files of news and bars: the bundled slice keeps to its own list, unless an option says otherwise.
 *
 * @param files those that are read
 */
export function universeFor(options: UniverseOptions, files: readonly string[]): Universe | undefined {
  const isChosenHere = (options.universe ?? options.symbols) !== undefined;
  return !isChosenHere && files.every(isBundledFile) ? undefined : chosenUniverse(options);
}

/** A symbol that was given by hand, in every spelling that its records may have. */
export const spellingsGiven = (raw: string, universe = chosenUniverse()): ReadonlySet<string> =>
  spellingsOf(universe ?? anySymbol, raw);

import Table from "cli-table3";
import { Command } from "commander";
import { rejectRemedies, type RejectCode } from "../../../schemas/reject-codes.js";
import { anySymbol, examineUniverse, withRejectsLog, type Universe, type UniverseProblem } from "../../ingest/index.js";
import { checkFiles, hasFaults, type CheckReport } from "../../ingest/universe/check/check.js";
import { exchangeRemedy, foreignText } from "../../ingest/universe/foreign.js";
import { say } from "../context.js";
import { exitCodes, withExitCodes } from "../exit-codes.js";
import { readOptions, withFileOptions, type FileOptions } from "../file-options.js";
import { printable, withJson, writeJson } from "../output.js";

interface CheckOptions extends FileOptions {
  readonly news?: string[];
  readonly bars?: string[];
  readonly json?: boolean;
}

interface Examined {
  readonly universe: Universe;
  readonly problems: readonly UniverseProblem[];
  readonly unreadColumns: readonly string[];
}

export function universeCommand(): Command {
  const check = withExitCodes(
    withJson(
      new Command("check"),
      "{universe: {file, symbols, problems, unreadColumns}, files: [{kind, file, summary, newestFirst}], newsWithoutBars, barsWithoutNews, neither, unknown, spellings, withoutExchange, alike, missingDays, jumps, stale, notLookedAt}",
    ),
    {
      partly:
        "a line of the universe or of a file is refused, a file of bars as a whole, or a symbol is not known; the rest is for you to judge",
    },
  )
    .description(
      "Say what is wrong with a universe, and with files of news and bars beside it, before anything is sent.",
    )
    .argument("<file>", "your symbols: CSV symbol,name,aliases,exchange,currency,formerly; or `any` for files alone")
    .option("--news <file...>", "news, as for `ingest news`")
    .option("--bars <file...>", "bars, as for `ingest bars`")
    .addHelpText(
      "after",
      `
No server is needed, and nothing is written.

Example:
  newstape universe check mine.csv --news news.jsonl --bars bars.csv`,
    );
  withFileOptions(check, ["news", "bars"]).action(run);
  return new Command("universe")
    .description("Check the symbols of your own, and the files that speak of them.")
    .addCommand(check);
}

async function run(file: string, options: CheckOptions): Promise<void> {
  const examined: Examined =
    file === "any" ? { universe: anySymbol, problems: [], unreadColumns: [] } : examineUniverse(file);
  const { universe, problems, unreadColumns } = examined;
  const { news = [], bars = [] } = options;
  const areBoth = news.length > 0 && bars.length > 0;
  const report = await withRejectsLog(options.rejects, (onRejected) =>
    checkFiles({
      ...{ universe, news, bars, onRejected, now: Date.now },
      readNews: readOptions(options, "news", areBoth),
      readBars: readOptions(options, "bars", areBoth),
    }),
  );
  if (options.json) {
    const { symbols, ...rest } = report;
    writeJson({ universe: { file, symbols, problems, unreadColumns }, ...rest });
  } else print(file, examined, report, options.rejects);
  if (problems.length > 0 || hasFaults(report)) process.exitCode = exitCodes.partly;
}

function print(
  file: string,
  { problems, unreadColumns }: Examined,
  report: CheckReport,
  rejects: string | undefined,
): void {
  say(`${printable(file)}: ${number(report.symbols)} symbols`);
  if (unreadColumns.length > 0) say(`  columns that are not read: ${printable(unreadColumns.join(", "))}`);
  for (const { kind, file: name, summary } of report.files) {
    const { lines, accepted, duplicates, rejected, unknownSymbols } = summary;
    say(
      `${printable(name)} (${kind}): ${number(lines)} lines, ${number(accepted)} accepted, ${number(duplicates)} duplicates, ${number(rejected)} refused, ${number(unknownSymbols)} unknown symbols left out`,
    );
    if (summary.unreadColumns.length > 0)
      say(`  columns that are not read: ${printable(summary.unreadColumns.join(", "))}`);
    for (const remark of summary.remarks) say(`  ${printable(remark)}`);
  }
  const rows = [...faultRows(problems, report, rejects), ...findingRows(report)].filter(({ count }) => count > 0);
  if (rows.length === 0) {
    console.log("nothing stands out");
    return;
  }
  const table = new Table({
    head: ["what", "count", "the first", "what to do"],
    colAligns: ["left", "right", "left", "left"],
    style: { head: [], border: [] },
    colWidths: [22, 9, 62, 40],
    wordWrap: true,
  });
  for (const { what, count, first, remedy } of rows) table.push([what, number(count), printable(first), remedy]);
  console.log(table.toString());
}

interface ReportRow {
  readonly what: string;
  readonly count: number;
  readonly first: string;
  readonly remedy: string;
}

const number = (value: number): string => value.toLocaleString("en-US");
const listed = (texts: readonly string[], most = 4): string =>
  texts.slice(0, most).join("; ") + (texts.length > most ? "; …" : "");
const times = (count: number): string => `${number(count)}×`;

/** Files that `ingest` refuses as a whole. */
function newestFirstRow({ files }: CheckReport, kind: "bars" | "news", remedy: string): ReportRow {
  const found = files.filter((file) => file.kind === kind && file.newestFirst !== undefined);
  return {
    what: `newest first: ${kind}`,
    count: found.length,
    first: listed(found.map(({ file, newestFirst = "" }) => `${file}: ${newestFirst}`)),
    remedy,
  };
}

function refusedRows({ files }: CheckReport, rejects: string | undefined): ReportRow[] {
  const all = rejects === undefined ? "`universe check --rejects FILE` writes all of them." : `All are in ${rejects}.`;
  return files.flatMap(({ kind, summary }) =>
    (Object.entries(summary.rejectedByCode) as [RejectCode, number][]).map(([code, count]) => ({
      what: `refused ${kind}: ${code}`,
      count,
      first: listed(
        (summary.firstByCode[code] ?? []).map(({ line, reason }) => `line ${line}: ${reason}`),
        3,
      ),
      remedy: `${rejectRemedies[code]} ${all}`,
    })),
  );
}

/** What makes the exit code 3. */
function faultRows(
  problems: readonly UniverseProblem[],
  report: CheckReport,
  rejects: string | undefined,
): ReportRow[] {
  const { unknown } = report;
  return [
    {
      what: "wrong in the universe",
      count: problems.length,
      first: listed(
        problems.map(({ line, value, problem }) => `line ${line}: ${JSON.stringify(value)} ${problem}`),
        20,
      ),
      remedy: [...new Set(problems.map(({ remedy }) => remedy))].slice(0, 3).join(" "),
    },
    newestFirstRow(
      report,
      "bars",
      "`ingest` refuses such a file: turn it round, or load it with `backfill`, which sorts. Other findings in it may be others once it is turned.",
    ),
    ...refusedRows(report, rejects),
    {
      what: "unknown symbols",
      count: unknown.length,
      first: listed(
        unknown.map(({ written, reason, count }) => `${JSON.stringify(written)} ${times(count)} (${reason ?? ""})`),
        3,
      ),
      remedy: "Add them to the universe: as symbols, or as aliases or former tickers of those they mean.",
    },
  ];
}

const row = (what: string, texts: readonly string[], remedy: string): ReportRow => ({
  what,
  count: texts.length,
  first: listed(texts),
  remedy,
});

const findingRows = (report: CheckReport): ReportRow[] => [...symbolRows(report), ...seriesRows(report)];

function symbolRows(report: CheckReport): ReportRow[] {
  return [
    row(
      "news and no bars",
      report.newsWithoutBars.map(({ symbol, articles }) => `${symbol} (${number(articles)} articles)`),
      "Without bars there is no signal: add them, or an alias that joins the two.",
    ),
    row(
      "bars and no news",
      report.barsWithoutNews.map(({ symbol, bars }) => `${symbol} (${number(bars)} bars)`),
      "Signals come from prices alone; is the symbol spelt otherwise in the news?",
    ),
    row("neither", report.neither, "Listed, and in none of the files."),
    row(
      "other spellings",
      report.spellings.map(
        ({ written, symbol, count }) => `${JSON.stringify(written)} is ${symbol ?? ""} ${times(count)}`,
      ),
      "Nothing: records have the universe's.",
    ),
    row(
      "by New York's time",
      report.withoutExchange.map(foreignText),
      `They look like symbols of other exchanges: ${exchangeRemedy}.`,
    ),
    newestFirstRow(
      report,
      "news",
      "`ingest news --origin backfill` refuses such a file; `backfill` and live news do not.",
    ),
    row(
      "may be one symbol",
      report.alike.map((symbols) => symbols.join(" and ")),
      "If they are, keep one and make the other its alias.",
    ),
  ];
}

function seriesRows(report: CheckReport): ReportRow[] {
  return [
    row(
      "days missing",
      report.missingDays.map(({ symbol, count, first }) => `${symbol} ${number(count)}, first ${first[0] ?? ""}`),
      "Sessions of its exchange without a daily bar: is the exchange right?",
    ),
    row("jumps", report.jumps.map(jumpText), "A split that the file does not have, another unit, or another share?"),
    row(
      "stale",
      report.stale.map(
        ({ symbol, last, sessions }) => `${symbol} since ${last.slice(0, 10)} (${number(sessions)} sessions)`,
      ),
      "Its bars end while others go on: delisted or renamed? See `formerly`.",
    ),
    {
      what: "not looked at",
      count: report.notLookedAt,
      first: "beyond the bounds of this report",
      remedy: "Check files with fewer symbols.",
    },
  ];
}

function jumpText({ symbol, interval, count, first }: CheckReport["jumps"][number]): string {
  const [jump] = first;
  const near = jump?.near === undefined ? "" : `, near ${jump.near}`;
  return `${symbol} ${interval}: ${number(count)}, first ${jump?.time.slice(0, 10) ?? ""} by ${jump?.factor.toPrecision(3) ?? ""}${near}`;
}

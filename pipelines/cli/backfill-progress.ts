import type { BackfillProgress } from "../operations/backfill/backfill.js";
import { say } from "./context.js";
import { sayRefusals } from "./refusals.js";

const number = new Intl.NumberFormat("en-US");

/** One line a stage: it counts down on a terminal, and is printed once it is done. */
export function backfillProgress(rejectsFile?: string): BackfillProgress {
  const isTerminal = process.stderr.isTTY;
  const live = (line: string): void => void (isTerminal && process.stderr.write(`\r\u001b[K${line}`));
  const settle = (line: string): void => {
    live("");
    say(line);
  };
  let most = 0;
  let loadStarted: number | undefined;
  return {
    read(file, { accepted, rejected, duplicates }) {
      const besides = [rejected > 0 && `${rejected} rejected`, duplicates > 0 && `${duplicates} duplicates`].filter(
        Boolean,
      );
      settle(
        `  read      ${number.format(accepted)} records of ${file.split("/").at(-1)}${besides.length > 0 ? ` (${besides.join(", ")})` : ""}`,
      );
    },
    allRead: (files) => sayRefusals(files, rejectsFile),
    loading(done, total) {
      loadStarted ??= performance.now();
      if (done < total) live(`  load      ${number.format(done)} of ${number.format(total)} records`);
      else
        settle(
          `  load      ${number.format(total)} records published in ${((performance.now() - loadStarted) / 1000).toFixed(1)} s`,
        );
    },
    stage(name, left) {
      most = Math.max(most, left);
      live(`  ${name.padEnd(9)} ${number.format(left)} records to go`);
    },
    stageDone(name, seconds) {
      const rate = most > 0 ? ` (${number.format(Math.round(most / seconds))}/s)` : "";
      settle(`  ${name.padEnd(9)} done in ${seconds.toFixed(1)} s${rate}`);
      most = 0;
    },
    slice(slice, of) {
      if (of > 1) settle(`slice ${slice} of ${of}`);
    },
  };
}

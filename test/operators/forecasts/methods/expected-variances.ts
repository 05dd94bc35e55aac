import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../../schemas/files.js";

const file = join(packageRoot, "test/fixtures/har/expected.csv");

/** From the second bar on; har is undefined where it has no forecast. */
export function expectedVariances(symbol: string): { naive: number; har: number | undefined }[] {
  const lines = readFileSync(file, "utf8").trim().split("\n").slice(1);
  return lines
    .filter((line) => line.startsWith(`${symbol},`))
    .map((line) => {
      const [, , naive = "", har = ""] = line.split(",");
      return { naive: Number(naive), har: har === "" ? undefined : Number(har) };
    });
}

/** Compiles programs as a user of the package would. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../schemas/files.js";

/**
 * @param directory where the files are, and where the package is found as an installed one is
 * @throws Error with what the compiler reports
 */
export function compilePrograms(directory: string, files: readonly string[]): void {
  const compilerOptions = {
    module: "NodeNext",
    target: "ES2023",
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(packageRoot, "node_modules", "@types")],
  };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const compiler = join(packageRoot, "node_modules", "typescript", "bin", "tsc");
  try {
    execFileSync(process.execPath, [compiler, "-p", directory], { encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  }
}

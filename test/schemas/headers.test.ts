import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../schemas/files.js";
import { lineageHeaders, rejectHeaders, resubmittedHeader, traceHeader } from "../../schemas/headers.js";

test("the names are those that lie in the topics: another build reads them", () => {
  assert.deepEqual(
    [...Object.values(lineageHeaders), ...Object.values(rejectHeaders), resubmittedHeader, traceHeader].sort(),
    [
      "newstape-code",
      "newstape-headers-dropped",
      "newstape-joined",
      "newstape-key-characters",
      "newstape-order",
      "newstape-origin",
      "newstape-reason",
      "newstape-resubmitted",
      "newstape-stage",
      "newstape-trigger",
      "newstape-trigger",
      "newstape-value-bytes",
      "traceparent",
    ],
  );
});

test("no other source file spells one of them out", () => {
  const names = [...Object.values(lineageHeaders), ...Object.values(rejectHeaders), resubmittedHeader, traceHeader];
  const spelled = new RegExp(`["'\`](${names.join("|")})["'\`]|\\.traceparent\\b`);
  const spelling = ["schemas", "operators", "models", "pipelines", "deploy"]
    .flatMap((folder) =>
      readdirSync(join(packageRoot, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith(".ts") && file !== join("schemas", "headers.ts"))
    .filter((file) => spelled.test(readFileSync(join(packageRoot, file), "utf8")));
  assert.deepEqual(spelling, [], "take the name from schemas/headers.ts");
});

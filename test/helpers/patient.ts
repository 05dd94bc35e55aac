/** A pipeline to be examined by `newstape doctor`: real servers, a database and artefacts of its own. */
import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { registerDefaultModels } from "../../models/registry/defaults.js";
import { RegistryStore } from "../../models/registry/store.js";
import { publishRegistry } from "../../pipelines/services/registry.js";
import { stages } from "../../pipelines/stages/index.js";
import { packageRoot } from "../../schemas/files.js";
import { newstape } from "./cli.js";
import { cloneDatabase, type TestDatabase } from "./database.js";
import { createTestCluster, type TestCluster } from "./kafka.js";

export interface Finding {
  readonly severity: "ok" | "warning" | "error" | "unknown";
  readonly summary: string;
  readonly explanation?: string;
  readonly fix?: string;
}

export interface Diagnosis {
  readonly code: number | null;
  /** Those that are not ok, by check. */
  readonly faults: ReadonlyMap<string, readonly Finding[]>;
  /** All findings, by check. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
}

export interface Patient extends TestCluster {
  readonly database: TestDatabase["database"];
  readonly examine: (...checks: string[]) => Promise<Diagnosis>;
}

export async function createPatient(t: TestContext): Promise<Patient> {
  const { url, database, close } = await cloneDatabase();
  t.after(close);
  const artefacts = await mkdtemp(join(tmpdir(), "newstape-artefacts-"));
  t.after(() => rm(artefacts, { recursive: true }));
  const cluster = await createTestCluster(t, stages, { DATABASE_URL: url, NEWSTAPE_ARTIFACTS: artefacts });
  await cp(join(packageRoot, "models", "artifacts"), artefacts, { recursive: true });
  await registerDefaultModels(new RegistryStore(database), cluster.config.artifactDirectory);
  await publishRegistry(cluster, database);
  const examine = async (...checks: string[]): Promise<Diagnosis> => {
    const only = checks.length > 0 ? ["--only", ...checks] : [];
    const { code, stdout, stderr } = await newstape(cluster.environment, ["doctor", "--json", ...only]);
    assert.equal(stderr, "");
    const { checks: results } = JSON.parse(stdout) as { checks: { check: string; findings: Finding[] }[] };
    const faults = results.map(
      ({ check, findings }) => [check, findings.filter(({ severity }) => severity !== "ok")] as const,
    );
    const findings = new Map(results.map(({ check, findings }) => [check, findings]));
    return { code, findings, faults: new Map(faults.filter(([, findings]) => findings.length > 0)) };
  };
  return { ...cluster, database, examine };
}

/** The one fault of the one check that has any. */
export function onlyFault({ faults }: Diagnosis, check: string): Finding {
  assert.deepEqual([...faults.keys()], [check], JSON.stringify([...faults], undefined, 1));
  const [finding, ...others] = faults.get(check) ?? [];
  assert.ok(finding);
  assert.deepEqual(others, []);
  assert.ok(finding.explanation && finding.fix, "it is explained, with what mends it");
  return finding;
}

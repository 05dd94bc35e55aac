import { rejectHeaders } from "../../../schemas/headers.js";
import { rejectersOf } from "../../stages/part.js";
import { orOk, warning, type Check, type Finding, type Surroundings } from "./check.js";

const dayMs = 86_400_000;
/** Newest offsets that are looked at in each partition. */
const newest = 2000;

export const rejects: Check = {
  name: "rejects",
  looksAt: "records that a stage or the landing has rejected, by code",
  needs: ["kafka"],
  async run(surroundings) {
    const { admin, names, parts } = surroundings;
    const existing = new Set(await admin.listTopics());
    const rejecters = rejectersOf(parts).filter((name) => existing.has(names.rejected(name)));
    const counted = await Promise.all(
      rejecters.map(async (name) => ({ name, ...(await countRejects(surroundings, names.rejected(name))) })),
    );
    const withRejects = counted.filter(({ codes }) => codes.size > 0);
    const lines = withRejects.map(
      ({ name, codes }) => `${name}: ${[...codes].map(([code, count]) => `${count} ${code}`).join(", ")}`,
    );
    const findings = withRejects
      .filter(({ recent }) => recent > 0)
      .map(({ name, codes, recent }): Finding => {
        const list = [...codes].map(([code, count]) => `${count} ${code}`).join(", ");
        return warning(
          `${name} rejected ${recent} records within a day (${list} in all)`,
          codes.has("OPERATOR_FAILED")
            ? "OPERATOR_FAILED is a defect, or a record that nobody thought of; the reason stands in its headers."
            : "Each has its original bytes, the code and the reason in the topic; schemas/README.md explains the codes.",
          codes.has("BAR_TOO_OLD")
            ? `newstape rebuild ${name} (takes in the bars that came too late); newstape tail ${name}.rejected --from-beginning`
            : `newstape tail ${name}.rejected --from-beginning`,
        );
      });
    return orOk(findings, lines.length > 0 ? `none within a day; earlier: ${lines.join("; ")}` : "none");
  },
};

async function countRejects(
  { log }: Surroundings,
  topic: string,
): Promise<{ codes: Map<string, number>; recent: number }> {
  const codes = new Map<string, number>();
  let recent = 0;
  for (const { partition, low, stable } of await log.bounds(topic)) {
    for await (const records of log.read(topic, partition, Math.max(low, stable - newest), stable)) {
      for (const { headers, timestamp } of records) {
        const code = headers[rejectHeaders.code] ?? "without a code";
        codes.set(code, (codes.get(code) ?? 0) + 1);
        if (timestamp > Date.now() - dayMs) recent += 1;
      }
    }
  }
  return { codes, recent };
}

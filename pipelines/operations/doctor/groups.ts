import { setTimeout as sleep } from "node:timers/promises";
import type { GroupDescription } from "../../runtime/kafka/operations-admin.js";
import { consumersOf, type Part } from "../../stages/part.js";
import { error, ok, warning, type Check, type Finding, type Surroundings } from "./check.js";
import { lagOf, type InputLag } from "../lag.js";

/** Time between the two looks: a batch of the slowest stage (64 articles) takes some 0.3 s, a rebalance a few seconds. */
const betweenMs = 3000;

const total = (lags: readonly InputLag[]): number => lags.reduce((sum, { lag }) => sum + lag, 0);
const number = new Intl.NumberFormat("en-US");

export interface Look {
  readonly group: GroupDescription;
  readonly lags: readonly InputLag[];
}

export const groups: Check = {
  name: "groups",
  looksAt: "consumer groups: members, assignments, lag, progress, offsets that retention has passed",
  needs: ["kafka"],
  async run(surroundings) {
    const { admin, names } = surroundings;
    const existing = new Set(await admin.listTopics());
    const parts = consumersOf(surroundings.parts).filter(({ inputs }) =>
      inputs.every((input) => existing.has(names.topic(input))),
    );
    if (parts.length === 0) return [ok("not looked at: the topics are missing")];
    const first = await look(surroundings, parts);
    await sleep(betweenMs);
    const second = await look(surroundings, parts);
    return parts.flatMap((part, index) => {
      const [before, now] = [first[index], second[index]];
      return before && now ? groupFindings(part, before, now) : [];
    });
  },
};

async function look(surroundings: Surroundings, parts: readonly Part[]): Promise<Look[]> {
  const { operations, names } = surroundings;
  const described = await operations.describeGroups(parts.map(({ name }) => names.group(name)));
  return Promise.all(
    parts.map(async (part): Promise<Look> => {
      const groupId = names.group(part.name);
      const group = described.find((entry) => entry.groupId === groupId) ?? { groupId, state: "Dead", members: [] };
      return { group, lags: await lagOf(surroundings, part) };
    }),
  );
}

/** The findings of two looks at a group, some seconds apart. */
export function groupFindings(part: Part, before: Look, now: Look): Finding[] {
  const { name } = part;
  const { members, state } = now.group;
  const lag = total(now.lags);
  const findings: Finding[] = [];
  const lost = now.lags.filter(({ committed, low }) => committed !== undefined && committed < low);
  for (const { topic, partition, committed, low } of lost) {
    findings.push(
      error(
        `${name} stands at offset ${committed} of ${topic}/${partition}, but everything below ${low} has been deleted`,
        "Retention was faster than the stage: those records were never processed, and the stage does not start.",
        `newstape reset ${name} (from the beginning of what is left); raise NEWSTAPE_RETENTION_DAYS`,
      ),
    );
  }
  const beyond = now.lags.filter(({ committed, end }) => committed !== undefined && committed > end);
  for (const { topic, partition, committed, end } of beyond) {
    findings.push(
      error(
        `${name} stands at offset ${committed} of ${topic}/${partition}, which ends at ${end}`,
        "The topic was deleted and made again, or its newest records were lost: what comes next would be skipped.",
        `newstape reset ${name}`,
      ),
    );
  }
  const arrived = now.lags.reduce((sum, { end }) => sum + end, 0) - before.lags.reduce((sum, { end }) => sum + end, 0);
  if (members.length === 0 && lag > 0) {
    findings.push(
      warning(
        `${name}: ${number.format(lag)} records wait and no process runs the stage${arrived > 0 ? `; ${number.format(arrived)} came in the meantime` : ""}`,
        "Nothing of them is processed.",
        `newstape run ${name}`,
      ),
    );
  }
  if (members.length > 0 && state !== "Stable" && before.group.state !== "Stable") {
    findings.push(
      warning(
        `${name}: the group has been in ${state} for seconds`,
        "Members join and leave, or one does not answer; meanwhile nothing is processed. A process that was killed is waited for until the session time-out (NEWSTAPE_SESSION_TIMEOUT_MS).",
        "Run doctor again; if it stays, restart the stage's processes one by one.",
      ),
    );
  }
  if (members.length > 0 && state === "Stable")
    findings.push(...assignmentFindings(part, now), ...stuckFindings(part, before, now));
  if (findings.length > 0) return findings;
  const who = members.length === 0 ? "not running" : `${members.length} ${members.length === 1 ? "member" : "members"}`;
  return [ok(`${name}: ${who}, lag ${number.format(lag)}`)];
}

/** Each partition must be held exactly once. */
function assignmentFindings({ name }: Part, { group, lags }: Look): Finding[] {
  const holders = new Map<string, number>();
  for (const { assignment } of group.members) {
    for (const [topic, partitions] of Object.entries(assignment))
      for (const partition of partitions)
        holders.set(`${topic}/${partition}`, (holders.get(`${topic}/${partition}`) ?? 0) + 1);
  }
  const places = lags.map(({ topic, partition }) => `${topic}/${partition}`);
  const nobody = places.filter((place) => !holders.has(place));
  const several = places.filter((place) => (holders.get(place) ?? 0) > 1);
  const fix = "Stop all processes of the stage, then start them again with the same build.";
  return [
    ...(nobody.length > 0
      ? [
          error(
            `${name}: nobody holds ${nobody.join(", ")}`,
            "Members of different builds subscribe to different topics, or topics have got partitions since.",
            fix,
          ),
        ]
      : []),
    ...(several.length > 0
      ? [
          error(
            `${name}: several members hold ${several.join(", ")}`,
            "Members of several generations are at work; they fence each other.",
            fix,
          ),
        ]
      : []),
  ];
}

/** Partitions with records waiting of which nothing was committed between the looks. */
function stuckFindings({ name }: Part, before: Look, now: Look): Finding[] {
  const stuck = now.lags.filter(({ topic, partition, committed, lag }) => {
    const earlier = before.lags.find((entry) => entry.topic === topic && entry.partition === partition);
    return lag > 0 && earlier !== undefined && earlier.lag > 0 && earlier.committed === committed;
  });
  if (stuck.length === 0) return [];
  const holders = new Set(
    stuck.flatMap(({ topic, partition }) =>
      now.group.members
        .filter(({ assignment }) => assignment[topic]?.includes(partition))
        .map(({ host, memberId }) => `${memberId.slice(-8)} on ${host}`),
    ),
  );
  const places = stuck.map(({ topic, partition, lag }) => `${topic}/${partition} (${number.format(lag)})`);
  return [
    warning(
      `${name}: ${places.slice(0, 4).join(", ")}${places.length > 4 ? ` and ${places.length - 4} more` : ""} did not move within ${betweenMs / 1000} s`,
      `The member (${[...holders].join("; ")}) is restoring its state, waits for another input of the task, retries a passing fault, or is stuck; a sorted backfill commits its place beside the offset.`,
      "Look at the log of that process; if nothing stands there, restart it: starting up is recovering.",
    ),
  ];
}

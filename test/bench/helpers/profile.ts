import { readFileSync } from "node:fs";

export interface ProfileRow {
  readonly where: string;
  /** Share of the samples in which the thread was not idle. */
  readonly percent: number;
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Self time of a profile written by `node --cpu-prof`: by package, then the functions with the most. */
export function topRows(file: string, functions = 12): ProfileRow[] {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const owners = new Map<string, number>();
  const places = new Map<string, number>();
  let busy = 0;
  let all = 0;
  samples.forEach((id, index) => {
    const frame = frames.get(id);
    const time = Math.max(0, timeDeltas[index] ?? 0);
    all += time;
    if (!frame || frame.functionName === "(idle)") return;
    busy += time;
    const owner = ownerOf(frame);
    owners.set(owner, (owners.get(owner) ?? 0) + time);
    const place = `${frame.functionName || "(anonymous)"} · ${placeOf(frame)}`;
    places.set(place, (places.get(place) ?? 0) + time);
  });
  const top = (times: Map<string, number>, count: number): ProfileRow[] =>
    [...times]
      .sort(([, left], [, right]) => right - left)
      .slice(0, count)
      .map(([where, time]) => ({ where, percent: Number(((100 * time) / busy).toFixed(1)) }));
  return [
    { where: "busy, of the whole time", percent: Number(((100 * busy) / all).toFixed(1)) },
    ...top(owners, 8).map(({ where, percent }) => ({ where: `all of ${where}`, percent })),
    ...top(places, functions),
  ];
}

type Frame = CpuProfile["nodes"][number]["callFrame"];

function ownerOf({ url, functionName }: Frame): string {
  const installed = url.split("node_modules/").at(-1)?.split("/") ?? [];
  if (url.includes("node_modules/")) return installed.slice(0, installed[0]?.startsWith("@") ? 2 : 1).join("/");
  if (url.startsWith("node:")) return url.split("/")[0] ?? url;
  if (url === "") return functionName.startsWith("(") ? functionName : "native";
  return "newstape";
}

function placeOf({ url, lineNumber }: Frame): string {
  const short =
    url
      .split("node_modules/")
      .at(-1)
      ?.split(/dist[^/]*\//)
      .at(-1) ?? url;
  return url === "" ? "native" : `${short}:${lineNumber + 1}`;
}

import { UnansweredError } from "../../../../pipelines/runtime/kafka/cluster/brokers.js";
import type { RequestKind } from "../../../../pipelines/runtime/kafka/cluster/requests.js";

/** What a broker does with one request: answers, or is silent, having got it or not. */
export type Reaction = object | "silent" | "unreachable";

export interface Asked {
  readonly broker: number;
  readonly name: string;
  readonly parameters: never;
}

/** A cluster that answers as a test sets it, and records the requests. */
export class FakeBrokers {
  readonly asked: Asked[] = [];
  refreshed = 0;
  readonly forgotten: string[] = [];

  constructor(
    private readonly react: (asked: Asked) => Reaction | Promise<Reaction>,
    /** Leader by `topic/partition`, coordinator by id. */
    readonly places: Record<string, number>,
    /** After this many looks for leaders or coordinators the places change. */
    private readonly onRefresh: (times: number, places: Record<string, number>) => void = () => undefined,
  ) {}

  leaderOf = ({ topic, partition }: { topic: string; partition: number }): number | undefined =>
    this.places[`${topic}/${partition}`];

  refresh = async (): Promise<void> => {
    this.refreshed += 1;
    this.onRefresh(this.refreshed, this.places);
  };

  coordinator = async (_: string, id: string): Promise<number> => this.places[id] ?? 0;

  forget = (_: string, id: string): void => {
    this.forgotten.push(id);
    this.onRefresh(this.forgotten.length, this.places);
  };

  ask = async <Parameters, Answer>(
    broker: number,
    { name }: RequestKind<Parameters, Answer>,
    parameters: Parameters,
  ): Promise<Answer> => {
    const asked = { broker, name, parameters: parameters as never };
    this.asked.push(asked);
    const reaction = await this.react(asked);
    if (typeof reaction !== "string") return reaction as Answer;
    throw new UnansweredError(name, reaction === "silent", undefined);
  };
}

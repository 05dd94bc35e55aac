import type { ModelReference, NewsSentiment, Score } from "../../../schemas/generated/types.js";
import type { TopicName } from "../../../schemas/topics.js";
import { tasksOfKind, type ModelTask, type TaskOfKind } from "../../../models/tasks.js";

/** The model that served a symbol on a task, by a record. */
export interface Choice {
  readonly task: ModelTask;
  readonly symbol: string;
  readonly arm: string;
  /** null: none was available, or none took the vector. */
  readonly model: ModelReference | null;
  /** The arm has no model, and the record is whole without. */
  readonly rulesAlone?: boolean;
}

/** Where the choices of each task that reads texts are recorded: in records of its own. */
const ofTexts: { readonly [Task in TaskOfKind<"text">]: { readonly name: TopicName; read(record: unknown): Choice } } =
  {
    sentiment: {
      name: "news.sentiment",
      read: (record) => {
        const { symbol, arm, model, degraded } = record as NewsSentiment;
        return { task: "sentiment", symbol, arm, model, rulesAlone: model === null && !degraded };
      },
    },
  };

/** The choices that a published record carries; those of all tasks that score vectors stand in a score. */
export function choicesOf(name: TopicName, record: unknown): Choice[] {
  if (name !== "scores")
    return Object.values(ofTexts).flatMap((recorded) => (recorded.name === name ? [recorded.read(record)] : []));
  const { symbol, targets } = record as Score;
  return tasksOfKind("vector").map((task): Choice => {
    const found = targets.find(({ target }) => target === task);
    return { task, symbol, arm: found?.arm ?? "none", model: found?.model ?? null };
  });
}

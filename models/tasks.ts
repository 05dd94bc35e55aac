/**
 * Every task that a model may serve, declared once: cards, loaders, routers, the targets of the scores, what a replay reads of
 * a record and what the commands offer follow from this list. A task of a kind that exists is one more entry, and artefacts
 * of it below `artifacts/<task>/`.
 */

/** Reads texts; see `runtime/sentiment-classifier.ts`. */
interface TextTask {
  readonly kind: "text";
  /** What a route may name in place of a model: rules that need no file. They stand in while a model cannot be used, too. */
  readonly rules?: string;
}

/** Scores feature vectors, and is a target of the scores; see `runtime/vector-scorer.ts`. */
interface VectorTask {
  readonly kind: "vector";
  /** What a row gives: one value (a probability, an amount), or one for each quantile level of the model's card. */
  readonly output: "value" | "quantiles";
}

/** In the order in which they are registered and listed. */
export const tasks = {
  sentiment: { kind: "text", rules: "vader" },
  direction: { kind: "vector", output: "value" },
  move: { kind: "vector", output: "value" },
  return: { kind: "vector", output: "quantiles" },
} as const satisfies Readonly<Record<string, TextTask | VectorTask>>;

/** Name of a task that a model may serve. */
export type ModelTask = keyof typeof tasks;
export type ModelKind = (typeof tasks)[ModelTask]["kind"];
export type KindOf<Task extends ModelTask> = (typeof tasks)[Task]["kind"];
export type TaskOfKind<Kind extends ModelKind> = {
  [Task in ModelTask]: KindOf<Task> extends Kind ? Task : never;
}[ModelTask];

export const modelTasks = Object.keys(tasks) as readonly ModelTask[];

export const isModelTask = (name: string): name is ModelTask => Object.hasOwn(tasks, name);

/** Whether a task is of the kind. */
export const isOfKind = <Kind extends ModelKind>(task: ModelTask, kind: Kind): task is TaskOfKind<Kind> =>
  tasks[task].kind === kind;

export const tasksOfKind = <Kind extends ModelKind>(kind: Kind): readonly TaskOfKind<Kind>[] =>
  modelTasks.filter((task): task is TaskOfKind<Kind> => isOfKind(task, kind));

/** What a route of the task may name in place of a model; undefined: nothing. */
export function rulesOf(task: string): string | undefined {
  const declaration: TextTask | VectorTask | undefined = isModelTask(task) ? tasks[task] : undefined;
  return declaration?.kind === "text" ? declaration.rules : undefined;
}

import { modelTasks, type ModelTask } from "../tasks.js";
import type { ModelRouter, ModelRouters } from "./types.js";

/** A router for every task there is. */
export const routersBy = (
  routerOf: <Task extends ModelTask>(task: Task) => ModelRouter<Task>,
): ModelRouters<ModelTask> =>
  Object.fromEntries(modelTasks.map((task) => [task, routerOf(task)])) as unknown as ModelRouters<ModelTask>;

/** No task has a model. */
export const noRouters = routersBy((task) => ({ task, pick: () => ({ arm: "none", model: undefined }) }));

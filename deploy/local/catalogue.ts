import type { Component, ComponentPlace } from "./component.js";
import { StackError } from "./errors.js";
import { kafka } from "./kafka.js";
import { postgres } from "./postgres.js";
import { registry } from "./registry.js";
import { componentNames, readState, type ComponentName, type StackState } from "./state.js";

/** The three servers of the local stack. */
export const components: Record<ComponentName, Component> = { kafka, registry, postgres };

/** A component as it was started last in this data directory. */
export interface RecordedComponent {
  component: Component;
  place: ComponentPlace;
}

/** The components in this data directory's state file. */
export function recordedIn(dataDirectory: string, state: StackState | undefined): RecordedComponent[] {
  return componentNames.flatMap((name) => {
    const recorded = state?.components[name];
    return recorded ? [{ component: components[name], place: { dataDirectory, state: recorded } }] : [];
  });
}

/** One component that must have been started before. */
export async function recordedComponent(
  dataDirectory: string,
  name: ComponentName,
): Promise<RecordedComponent & { stack: StackState }> {
  const stack = await readState(dataDirectory);
  const found = recordedIn(dataDirectory, stack).find(({ component }) => component.name === name);
  if (!stack || !found)
    throw new StackError("NOT_STARTED", `${components[name].title} was never started in ${dataDirectory}.`);
  return { ...found, stack };
}

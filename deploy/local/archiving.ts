import { makeArchive } from "./class-archive.js";
import type { Component, ComponentContext } from "./component.js";
import { messageOf } from "./errors.js";
import { launch, stop } from "./lifecycle.js";

/**
 * Starts the server and ends it again for an archive of its classes, unless there is one. A failure is only reported: what is wrong with the
 * server shows when it is started to stay.
 */
export async function archiveClasses(
  component: Component,
  context: ComponentContext,
  onProgress: (line: string) => void,
): Promise<void> {
  const began = performance.now();
  try {
    const isMade = await makeArchive(context, async (options) => {
      await launch(component, context, options);
      await stop(component, context);
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    if (isMade) onProgress(`${component.title}'s classes are archived after ${seconds} s, for quick starts`);
  } catch (error) {
    onProgress(`${component.title}'s classes are not archived: ${messageOf(error)}`);
  }
}

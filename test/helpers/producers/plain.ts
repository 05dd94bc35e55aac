import { setTimeout as sleep } from "node:timers/promises";
import { PlainProducer } from "../../../pipelines/runtime/kafka/producers.js";
import type { Load } from "./load.js";
import { numbered, type Range } from "./numbers.js";

/**
 * Sends of numbers, one after the other. There is nothing to start over from: the numbers of a send that throws are not sent again, and the
 * process that follows a killed one has numbers of its own.
 */
export const plain: Load = async (context, index) => {
  const { topic, batch, bytes, pauseMs } = context.settings;
  const writer = `${topic}.${index}.${context.incarnation}`;
  const producer = new PlainProducer(context.kafka);
  const uncertain: Range[] = [];
  let next = 0;
  for (; !context.isOver(next); await sleep(pauseMs)) {
    const from = next;
    next += batch;
    try {
      await producer.send([...numbered({ topic, writer, from, count: batch, bytes })]);
      context.progress(writer, next);
    } catch (error) {
      uncertain.push([from, next]);
      context.failed(writer, error, [from, next]);
    }
  }
  await producer.close();
  return { writer, numbers: next, uncertain };
};

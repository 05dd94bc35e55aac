/** As most requests want it: each topic once, with what belongs to its partitions, in the order of their first mention. */
export function byTopic<Item extends { readonly topic: string }, Part>(
  items: Iterable<Item>,
  partOf: (item: Item) => Part,
): { topic: string; partitions: Part[] }[] {
  const topics = new Map<string, Part[]>();
  for (const item of items) {
    const partitions = topics.get(item.topic);
    if (partitions) partitions.push(partOf(item));
    else topics.set(item.topic, [partOf(item)]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

import type { Feature } from "../feature.js";
import { decay } from "./decayed-sentiment.js";

const hour = 3_600_000;

/** Articles that a later one is compared with. */
const stories = 8;

/** A story of a day ago counts half. */
const forgetting = 24 * hour;

/** Age at which the feature of an article's age is one half. */
const agingHours = 24;

/** Numbers of a story in the flat list: when it was published, and the halves of its fingerprint. */
const size = 3;

/**
 * The last eight articles that have a fingerprint, by publication; an article that comes late is put in its place, and the
 * order in which articles arrive makes no difference.
 *
 * @param fingerprint 8 bytes; any other number is none
 */
export function stepStories(known: readonly number[], time: number, fingerprint: Buffer): number[] {
  const next = known.slice();
  if (fingerprint.length !== 8) return next;
  const story = [time, fingerprint.readInt32BE(0), fingerprint.readInt32BE(4)];
  let place = next.length;
  while (place > 0 && isBefore(story, next, place - size)) place -= size;
  next.splice(place, 0, ...story);
  return next.length > stories * size ? next.slice(size) : next;
}

function isBefore(story: readonly number[], list: readonly number[], at: number): boolean {
  for (let index = 0; index < size; index += 1) {
    const difference = (story[index] ?? 0) - (list[at + index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/**
 * How little the youngest article repeats those before it:
 *
 *     novelty = 1 − max over the stories before ( similarity · 2^(−time between / 1 day) )
 *
 * Similarity is the cosine that the SimHash fingerprints estimate, cos(π · differing bits / 64), at least 0. In [0, 1]: 0
 * for the same words in the same moment, 1 for words that none of the stories has. An article without words is as new as any.
 *
 * Source: M. Charikar, Similarity estimation techniques from rounding algorithms, STOC 2002; staleness of news by
 * similarity to the stories before, P. C. Tetlock, All the news that's fit to reprint, Review of Financial Studies 24
 * (2011).
 *
 * @param list by publication
 * @param youngest publication of the youngest article, with a fingerprint or without
 */
export function noveltyOf(list: readonly number[], youngest: number): number {
  const last = list.length - size;
  if (last < 0 || list[last] !== youngest) return 1;
  let nearest = 0;
  for (let at = 0; at < last; at += size) {
    const near = similarity(list, at, last) * decay(youngest - (list[at] ?? 0), forgetting);
    if (near > nearest) nearest = near;
  }
  return 1 - nearest;
}

function similarity(list: readonly number[], a: number, b: number): number {
  const high = (list[a + 1] ?? 0) ^ (list[b + 1] ?? 0);
  const low = (list[a + 2] ?? 0) ^ (list[b + 2] ?? 0);
  return Math.max(0, Math.cos((Math.PI * (setBits(high) + setBits(low))) / 64));
}

function setBits(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

export const noveltyFeatures: readonly Feature[] = [
  {
    name: "news-novelty",
    group: "news",
    parameters: { stories, forgetting },
    version: 1,
    warmUp: 0,
    formula: "1 − max over the last 8 stories of (similarity · 2^(−time between / 1d)); 1 without articles",
    compute: ({ news }) => news?.novelty ?? 1,
  },
  {
    name: "news-age",
    group: "news",
    parameters: { agingHours },
    version: 1,
    warmUp: 0,
    formula: "h / (h + 24), h = hours since the youngest article; 1 without any",
    compute: ({ news, asOf }) => {
      if (!news) return 1;
      const hours = Math.max(0, asOf - news.time) / hour;
      return hours / (hours + agingHours);
    },
  },
];

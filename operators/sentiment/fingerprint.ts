/** What a later headline is recognised by as a repeat: few differing bits are few differing words. */

/**
 * SimHash of a headline's words: each word and each pair of neighbouring words votes, by each bit of its 64-bit hash, for
 * or against that bit of the fingerprint. The share of differing bits estimates the angle between the two headlines' sets
 * of features: unrelated headlines differ in about 32 bits.
 *
 * Cashtags, mentions and a retweet's mark name people and companies, and are no part of the content: they do not vote. Numbers do.
 *
 * Source: M. Charikar, Similarity estimation techniques from rounding algorithms, STOC 2002; G. S. Manku, A. Jain and
 * A. Das Sarma, Detecting near-duplicates for web crawling, WWW 2007. About 8 µs a headline.
 *
 * @param text normalised with `newsRules`: without links and entities
 * @returns 8 bytes, the highest bit first; none for a text without words
 */
export function fingerprint(text: string): Buffer {
  const words = text.toLowerCase().match(wordForm);
  if (words === null) return Buffer.alloc(0);
  votes.fill(0);
  let before: string | undefined;
  let voted = false;
  for (const word of words) {
    if (isTag(word) || word === "rt") continue;
    vote(word);
    if (before !== undefined) vote(`${before} ${word}`);
    before = word;
    voted = true;
  }
  if (!voted) return Buffer.alloc(0);
  const bytes = Buffer.alloc(size);
  for (let bit = 0; bit < 8 * size; bit += 1) {
    if ((votes[bit] ?? 0) > 0) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  }
  return bytes;
}

const size = 8;

/** Words, numbers with their marks (1,5 and 3.2), contractions; cashtags and mentions with their sign. */
const wordForm = /[$@]?[\p{L}\p{N}_]+(?:[.,'’&-][\p{L}\p{N}_]+)*/gu;

/** `$5` is a sum of money; `$aapl` is a cashtag. */
const isTag = (word: string): boolean => word.startsWith("@") || (word.startsWith("$") && !/^\$\d/.test(word));

/** Reused: one headline is read at a time. */
const votes = new Int32Array(8 * size);

/**
 * 64-bit FNV-1a (Fowler, Noll, Vo; RFC 9923) over the UTF-16 units, in two halves, each then mixed by the finaliser of
 * MurmurHash3: FNV alone lets the last letter reach only some of the bits, and `beat` and `beats` would vote alike.
 */
function vote(feature: string): void {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let index = 0; index < feature.length; index += 1) {
    low = (low ^ feature.charCodeAt(index)) >>> 0;
    // Times 2⁴⁰ + 0x1b3, modulo 2⁶⁴; the product of the low half stays below 2⁴¹, so it is exact.
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 0x1_0000_0000) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  count(mixed(high ^ low), 0);
  count(mixed(low), 32);
}

function mixed(hash: number): number {
  let value = hash;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

function count(hash: number, first: number): void {
  for (let bit = 0; bit < 32; bit += 1) {
    const at = first + bit;
    votes[at] = (votes[at] ?? 0) + (hash << bit < 0 ? 1 : -1);
  }
}

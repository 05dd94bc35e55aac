/** Lists of entries that are kept in the order of their symbols. */

interface OfSymbol {
  readonly symbol: string;
}

export function findBySymbol<Entry extends OfSymbol>(entries: readonly Entry[], symbol: string): Entry | undefined {
  const entry = entries[placeOf(entries, symbol)];
  return entry?.symbol === symbol ? entry : undefined;
}

/** In the place of the symbol's entry of before, where there is one. */
export function putBySymbol<Entry extends OfSymbol>(entries: Entry[], entry: Entry): void {
  const place = placeOf(entries, entry.symbol);
  entries.splice(place, entries[place]?.symbol === entry.symbol ? 1 : 0, entry);
}

/** Where the symbol is, or would be. */
function placeOf(entries: readonly OfSymbol[], symbol: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as OfSymbol).symbol < symbol) low = middle + 1;
    else high = middle;
  }
  return low;
}

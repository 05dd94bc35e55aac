/** The universe: which symbols are let in, how each is spelt, and what it is called. See ../README.md. */
export { anySymbol } from "./any-symbol.js";
export { isAmericanName, isExchangeName, namesAbroad } from "./exchange-names.js";
export { listingAt, type WrittenTicker } from "./listing-at.js";
export { universeOfSymbols } from "./listed-universe.js";
export type { UniverseProblem } from "./problem.js";
export { bundledUniverse, examineUniverse, isBundledFile, readUniverse, universeOfFile } from "./read.js";
export { WithoutExchange } from "./foreign.js";
export { isWellFormedSymbol, normalSymbol } from "./spelling.js";
export { spellingsOf } from "./spellings-of.js";
export {
  isListing,
  type FormerTicker,
  type Listing,
  type Moment,
  type SymbolNote,
  type Universe,
  type Unlisted,
} from "./universe.js";

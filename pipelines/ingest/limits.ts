/** Bounds of what ingest takes in: each keeps a broken or hostile file from filling memory or the topics. */
export const limits = {
  /** A line's bytes, without its end. Longer lines are counted and refused without being held. */
  lineBytes: 1024 * 1024 - 1,
  /** Bytes of a refused line that are kept to show what it was. */
  originalBytes: 512,
  headlineCharacters: 10_000,
  identifierCharacters: 512,
  sourceCharacters: 128,
  urlCharacters: 4_096,
  symbolsPerArticle: 500,
  /** Lines of a file that are held until it is clear how it is to be read (≈ 50 MB); behind them it is read ahead. */
  linesSurveyed: 50_000,
  /** A quoted CSV field may run over this many lines; past it, the opening quote counts as a broken line. */
  linesPerRecord: 100,
  /** Records of a file that duplicates are looked for among: the last half to whole of it (≈ 110 MB). */
  identifiersRemembered: 500_000,
  /** Series (symbol and interval) of a file whose last closes are kept, to turn dividends into factors (≈ 20 MB). */
  seriesRemembered: 200_000,
  /** A time may be this far ahead of the clock, since clocks differ (ms). */
  clockSkew: 5_000,
  /** How much more than its size a gzip file may hold, once it has given more than `expansionFreeBytes`. */
  expansion: 250,
  expansionFreeBytes: 64 * 1024 * 1024,
  /** Relative contradiction of high, low, open and close that is rounding of adjusted prices rather than a wrong bar. */
  priceTolerance: 1e-6,
} as const;

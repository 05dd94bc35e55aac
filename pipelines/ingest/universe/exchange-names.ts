/** How sources name exchanges, before a ticker (`LSE:VOD`) and behind it (`VOD.L`). */

export interface NamedExchange {
  /** What a universe may have as the exchange of its shares: its own MIC, then those of exchanges with the same tickers. */
  readonly mics: readonly string[];
  /** Before a ticker, in capitals. */
  readonly names: readonly string[];
  /** Behind a ticker after a dot, the most usual first. */
  readonly endings: readonly string[];
}

const entry = (mics: string, names: string, endings: string): NamedExchange => ({
  mics: mics.split(" "),
  names: [...names.split(/, ?/), ...mics.split(" ").slice(0, 1)],
  endings: endings.split(" "),
});

const toronto = entry("XTSE", "TSX", "TO TSX CA");
const tokyo = entry("XTKS", "TYO", "T TYO TSE JP");

/** Exchanges whose shares are written with an ending where several exchanges are meant. */
const exchanges: readonly NamedExchange[] = [
  toronto,
  tokyo,
  entry("XTSX", "TSXV, TSX-V, TSX VENTURE", "V"),
  entry("XCNQ", "CSE, CNSX", "CN"),
  entry("NEOE", "NEO", "NE"),
  entry("XLON", "LSE, LON, LONDON, AIM", "L LN LON LSE UK"),
  // The floor in Frankfurt has the tickers of Xetra.
  entry("XFRA XETR", "FRA, FRANKFURT, FSE", "F"),
  entry("XETR", "ETR, XETRA", "DE XETRA ETR GY GR"),
  entry("XPAR", "EPA, PARIS, EURONEXT PARIS", "PA FP FR"),
  entry("XAMS", "AMS, EURONEXT AMSTERDAM", "AS NA NL"),
  entry("XBRU", "EBR, EURONEXT BRUSSELS", "BR"),
  entry("XLIS", "ELI, EURONEXT LISBON", "LS"),
  entry("XSWX", "SWX, SIX, VTX", "SW S VX CH"),
  entry("XMIL", "BIT, MILAN", "MI"),
  entry("XMAD", "BME", "MC"),
  entry("XSTO", "STO, NASDAQ STOCKHOLM", "ST"),
  entry("XHEL", "HEL, NASDAQ HELSINKI", "HE"),
  entry("XCSE", "CPH, NASDAQ COPENHAGEN", "CO"),
  entry("XOSL", "OSLO, OSE", "OL"),
  entry("XASX", "ASX", "AX AU"),
  entry("XNZE", "NZX", "NZ"),
  entry("XHKG", "HKEX, HKG, SEHK", "HK"),
  entry("XSES", "SGX", "SI"),
  // Shares of India have one ticker on both exchanges, and one calendar.
  entry("XNSE XBOM", "NSE", "NS NSE"),
  entry("XBOM", "BSE, BOM", "BO BSE NS NSE IN"),
  entry("XJSE", "JSE", "JO"),
  entry("BVMF", "B3", "SA"),
  entry("XSHG", "SSE, SHA", "SS SH SHG"),
  entry("XSHE", "SZSE", "SZ"),
];

const byName = new Map(exchanges.flatMap((exchange) => exchange.names.map((name) => [name, exchange] as const)));
const byMic = new Map(exchanges.map((exchange) => [exchange.mics[0], exchange]));

const american =
  /^(?:NASDAQ(?:[ -]?(?:GS|GM|CM|NM|CAPITAL MARKET|GLOBAL(?: SELECT)? MARKET))?|NYSE(?:[ -]?(?:MKT|ARCA|AMERICAN|AMEX))?|NYSEARCA|NYSEAMERICAN|AMEX|BATS|CBOE|IEX|OTC(?:[ -]?(?:MKTS?|MARKETS?|QB|QX|BB|PINK|OTHER|PK))?|OTCBB|OTCQB|OTCQX|OTCPK|PINK|PINX|US|USA|N|O|NYQ|NMS|XNAS|XNYS|XASE|ARCX)$/;

/** Names, in capitals, of the exchanges outside America. */
export const namesAbroad: readonly string[] = [...byName.keys(), "TSE"];

/** Whether a name, in capitals, is of an exchange whose shares are written without an ending. */
export const isAmericanName = (name: string): boolean => american.test(name);

/** Whether a text, in capitals, names an exchange that is told apart from others. */
export const isExchangeName = (name: string): boolean => isAmericanName(name) || namesAbroad.includes(name);

/** Whether an exchange of a universe's listing is American; one without is. */
export const isAmericanMic = (mic: string | undefined): boolean =>
  mic === undefined || /^(?:XNYS|XNAS|XASE|ARCX|BATS|IEXG|XOTC|OTCM|PINX)$/.test(mic);

/**
 * The exchange outside America that a name before a ticker means.
 *
 * @param name in capitals
 * @param ticker both Toronto's and Tokyo's are called TSE: tickers of Tokyo begin with a digit
 */
export function exchangeAbroad(name: string, ticker: string): NamedExchange | undefined {
  if (name === "TSE") return /^\d/.test(ticker) ? tokyo : toronto;
  return byName.get(name);
}

/** The endings that symbols of an exchange may have in a universe. */
export const endingsOf = (mic: string): readonly string[] => byMic.get(mic)?.endings ?? [];

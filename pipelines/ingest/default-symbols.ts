/**
 * The universe of the bundled models: the 88 stocks of yumoxu/stocknet-dataset (MIT), by the tickers of 2012 to 2016.
 * GMRE was listed in 2016: the data in hand, up to 2015-09, has 87.
 */
export const defaultSymbols: readonly string[] =
  `AAPL ABB ABBV AEP AGFS AMGN AMZN BA BABA BAC BBL BCH BHP BP BRK-A BSAC BUD C CAT CELG CHL CHTR CMCSA CODI CSCO CVX D
  DHR DIS DUK EXC FB GD GE GMRE GOOG HD HON HRG HSBC IEP INTC JNJ JPM KO LMT MA MCD MDT MMM MO MRK MSFT NEE NGG NVS ORCL
  PCG PCLN PEP PFE PG PICO PM PPL PTR RDS-B REX SLB SNP SNY SO SPLP SRE T TM TOT TSM UL UN UNH UPS UTX V VZ WFC WMT
  XOM`.split(/\s+/);

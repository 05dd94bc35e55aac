/** By which names headlines are tagged: `--companies`, else those of the universe, else the bundled ones. */
import {
  createTagger,
  createUniverseTagger,
  readCompanies,
  type CompanyNames,
  type SymbolTagger,
  type Universe,
} from "../ingest/index.js";

export const companiesDescription =
  "names by which headlines are tagged: CSV symbol,name,aliases; default: those of the universe, else the bundled list";

/** @param companies file of `--companies` */
export function taggerFrom(companies: string | undefined, universe: Universe | undefined): SymbolTagger {
  if (companies === undefined && universe?.listings !== undefined) return createUniverseTagger(universe);
  return createTagger(readCompanies(companies));
}

/** The names that such a tagger goes by. */
export function namesOf(companies: string | undefined, universe: Universe | undefined): readonly CompanyNames[] {
  if (companies !== undefined || universe?.listings === undefined) return readCompanies(companies);
  return universe.listings.map(({ symbol, name = "", aliases, not }) => ({ symbol, name, aliases, not }));
}

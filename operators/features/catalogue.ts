/** The catalogue of all features as Markdown: `operators/features/README.md` is made from it. */
import type { Feature, FeatureGroup } from "./feature.js";
import type { FeatureSet } from "./feature-set.js";

const chapters: Readonly<Record<FeatureGroup, string>> = {
  momentum: "Momentum",
  trend: "Trend",
  volatility: "Volatility",
  volume: "Volume",
  level: "Level",
  news: "News",
  calendar: "Calendar",
  market: "Market",
  interaction: "Interactions",
};

/** A pipe would end the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|");

/** @param aliasesOf what else a set is called */
export function featureCatalogue(
  features: readonly Feature[],
  sets: readonly FeatureSet[],
  aliasesOf: (set: FeatureSet) => readonly string[],
): string {
  const present = Object.entries(chapters)
    .filter(([group]) => features.some((feature) => feature.group === group))
    .map(([, title]) => title);
  const lines = [
    "# Features",
    "",
    "All are scale-free: multiplying every price, adjustment or volume of a series by a constant changes none. Formulas in full, with their",
    "sources, stand in the file of each. *Warm-up* is the number of bars that a feature needs before it means anything.",
    "",
    "Numbered sets are pinned (`pinned-sets.ts`): their lists, and so their ids, stay what models were trained on. A name without a number is",
    "the newest of its family; `all` has every feature, those too that no pinned set has, and is not to train models on.",
    "",
    present.map((title) => `[${title}](#${title.toLowerCase()})`).join(" · "),
    "",
    "| set | also called | id | features | warm after |",
    "| --- | --- | --- | --- | --- |",
    ...sets.map((set) => {
      const aliases = aliasesOf(set).map((alias) => `\`${alias}\``);
      return `| \`${set.name}\` | ${aliases.join(", ")} | \`${set.id}\` | ${set.names.length} | ${set.warmUpBars} bars |`;
    }),
  ];
  for (const [group, title] of Object.entries(chapters)) {
    const own = features.filter((feature) => feature.group === group);
    if (own.length === 0) continue;
    lines.push("", `## ${title}`, "", "| feature | formula | parameters | warm-up |", "| --- | --- | --- | --- |");
    for (const { name, formula, parameters, warmUp } of own) {
      const settings = Object.entries(parameters).map(([key, value]) => `${key} ${value}`);
      lines.push(`| \`${name}\` | ${cell(formula)} | ${settings.join(", ")} | ${warmUp} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** An evaluation as one self-contained page: no script, nothing that is loaded from elsewhere. */
import type { Classification, ReliabilityBin } from "../../models/evaluation/classification.js";
import { classes, type SentimentEvaluation } from "./evaluate-sentiment.js";

export interface EvaluatedFile {
  readonly name: string;
  readonly evaluations: readonly SentimentEvaluation[];
  readonly refused: number;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`).replace(/[\u0000-\u001f]/g, " ");
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const digits = (value: number): string => value.toFixed(3);
const row = (cells: readonly string[], tag = "td"): string =>
  `<tr>${cells.map((cell, index) => (index === 0 ? `<th scope="row">${cell}</th>` : `<${tag}>${cell}</${tag}>`)).join("")}</tr>`;
const head = (cells: readonly string[]): string =>
  `<thead><tr>${cells.map((cell) => `<th scope="col">${cell}</th>`).join("")}</tr></thead>`;

export function evaluationPage(files: readonly EvaluatedFile[], date: Date): string {
  const sections = files.map(fileSection).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sentiment: evaluation</title>
<style>${style}</style>
</head>
<body>
<h1>Sentiment: evaluation</h1>
<p>${escaped(date.toISOString().slice(0, 16).replace("T", " "))} UTC. Intervals are 95 % (bootstrap over the texts). ECE: expected calibration error, 15 bins.</p>
${sections}
</body>
</html>
`;
}

function fileSection({ name, evaluations, refused }: EvaluatedFile): string {
  const count = evaluations[0]?.result.count ?? 0;
  const best = Math.max(...evaluations.map(({ result }) => result.accuracy));
  const rows = evaluations.map(({ predictor, result, intervals: { accuracy, macroF1 } }) =>
    row([
      escaped(predictor),
      `<span class="${result.accuracy === best ? "best" : ""}">${percent(result.accuracy)}</span> <small>${(100 * accuracy.low).toFixed(1)}–${percent(accuracy.high)}</small>`,
      `${digits(result.macroF1)} <small>${digits(macroF1.low)}–${digits(macroF1.high)}</small>`,
      digits(result.weightedF1),
      digits(result.ece),
      digits(result.brier),
    ]),
  );
  return `<section>
<h2>${escaped(name)}</h2>
<p>${count.toLocaleString("en-US")} texts${refused > 0 ? `, ${refused.toLocaleString("en-US")} lines refused` : ""}</p>
<div class="wide"><table>
${head(["predictor", "accuracy", "macro F1", "weighted F1", "ECE", "Brier"])}
<tbody>${rows.join("\n")}</tbody>
</table></div>
<div class="cards">${evaluations.map(card).join("\n")}</div>
</section>`;
}

function card({ predictor, result }: SentimentEvaluation): string {
  return `<article>
<h3>${escaped(predictor)}</h3>
${confusionTable(result)}
<table>
${head(["class", "precision", "recall", "F1", "texts"])}
<tbody>${result.classes
    .map(({ label, precision, recall, f1, support }) =>
      row([label, digits(precision), digits(recall), digits(f1), support.toLocaleString("en-US")]),
    )
    .join("")}</tbody>
</table>
${reliabilityDiagram(result.reliability)}
</article>`;
}

function confusionTable({ confusion }: Classification): string {
  const rows = confusion.map((cells, index) => {
    const total = cells.reduce((sum, cell) => sum + cell, 0);
    const shaded = cells.map((cell) => {
      const share = total === 0 ? 0 : cell / total;
      return `<td class="cell" style="--share:${share.toFixed(3)}">${cell.toLocaleString("en-US")}<small>${percent(share)}</small></td>`;
    });
    return `<tr><th scope="row">${classes[index] ?? ""}</th>${shaded.join("")}</tr>`;
  });
  return `<table class="confusion"><caption>truth by row, prediction by column</caption>
${head(["", ...classes])}
<tbody>${rows.join("")}</tbody></table>`;
}

/** Accuracy over confidence; the area of a dot grows with its texts. */
function reliabilityDiagram(bins: readonly ReliabilityBin[]): string {
  const size = 200;
  const margin = 42;
  const x = (value: number): string => (margin + value * size).toFixed(1);
  const y = (value: number): string => (10 + (1 - value) * size).toFixed(1);
  const most = Math.max(...bins.map(({ count }) => count));
  const dots = bins
    .filter(({ count }) => count > 0)
    .map(
      ({ count, confidence, accuracy, from, to }) =>
        `<circle cx="${x(confidence)}" cy="${y(accuracy)}" r="${(2 + 7 * Math.sqrt(count / most)).toFixed(1)}"><title>confidence ${digits(from)}–${digits(to)}: ${count} texts, ${percent(accuracy)} right</title></circle>`,
    );
  const ticks = [0, 0.5, 1].map(
    (value) =>
      `<text x="${x(value)}" y="${10 + size + 16}" text-anchor="middle">${value}</text><text x="${margin - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${value}</text>`,
  );
  return `<svg viewBox="0 0 ${size + margin + 20} ${size + 46}" role="img" aria-label="reliability diagram">
<rect x="${margin}" y="10" width="${size}" height="${size}"/>
<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>
${dots.join("")}${ticks.join("")}
<text x="${margin + size / 2}" y="${size + 42}" text-anchor="middle">confidence</text>
<text transform="translate(12 ${10 + size / 2}) rotate(-90)" text-anchor="middle">share that was right</text>
</svg>`;
}

const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 18%, Canvas); --accent: #2a6fdb; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; overflow-wrap: anywhere; } h3 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem; text-align: right; }
th[scope=row], thead th:first-child { text-align: left; } th { font-weight: 600; }
small { color: color-mix(in srgb, CanvasText 65%, Canvas); } caption { color: color-mix(in srgb, CanvasText 65%, Canvas); font-size: .85rem; text-align: left; }
.best { color: var(--accent); font-weight: 700; } .wide { overflow-x: auto; }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); margin-top: 1.5rem; }
article { border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; overflow-x: auto; } article table { font-size: .82rem; margin-bottom: .8rem; width: 100%; } article th, article td { padding: .25rem .4rem; } td { white-space: nowrap; }
.cell { background: color-mix(in srgb, var(--accent) calc(var(--share) * 70%), Canvas); } .cell small { display: block; color: inherit; opacity: .8; }
svg { max-width: 18rem; font-size: 11px; } rect, line { fill: none; stroke: var(--line); } line { stroke-dasharray: 4 3; }
circle { fill: var(--accent); fill-opacity: .75; } text { fill: CanvasText; }
`;

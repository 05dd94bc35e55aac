import { sentimentLabelOf } from "../../models/runtime/sentiment-labels.js";
import type { SentimentLabel } from "../../schemas/generated/types.js";
import { shown } from "../ingest/fields.js";
import { openInput } from "../ingest/input.js";
import { UserError } from "../runtime/errors.js";
import { Refusal, rejectionOf, type Rejection } from "../ingest/outcome.js";
import { csvRecords, type CsvRecord } from "./csv-records.js";

export interface LabelledText {
  readonly text: string;
  readonly label: SentimentLabel;
}

export interface LabelledFile {
  readonly name: string;
  readonly texts: readonly LabelledText[];
  readonly refused: readonly Rejection[];
}

const howTo =
  "Begin the file with: text,label. Labels are negative, neutral, positive (or neg, neu, pos, bearish, bullish, -1).";

/**
 * A CSV file (gzip too) with the columns text and label; others are left alone.
 *
 * @throws UserError when the file cannot be read, lacks a column, or no line can be used
 */
export async function readLabelled(file: string): Promise<LabelledFile> {
  const input = await openInput(file);
  const texts: LabelledText[] = [];
  const refused: Rejection[] = [];
  try {
    for await (const entry of csvRecords({ ...input, required: [["text"], ["label"]], howTo })) {
      const found = "cells" in entry ? labelledOf(entry) : entry;
      if ("reason" in found) refused.push(found);
      else texts.push(found);
    }
  } finally {
    await input.close();
  }
  if (texts.length === 0) {
    const [first] = refused;
    const why = first ? `; line ${first.line}: ${first.reason}` : "";
    throw new UserError(`${input.name} has no text with a label${why}`, howTo);
  }
  return { name: input.name, texts, refused };
}

function labelledOf({ source, cells: { text = "", label = "" } }: CsvRecord): LabelledText | Rejection {
  const known = sentimentLabelOf(label);
  if (known === undefined) return rejectionOf(source, new Refusal("INVALID_FIELD", `unknown label ${shown(label)}`));
  return text.trim() === "" ? rejectionOf(source, new Refusal("MISSING_FIELD", "empty text")) : { text, label: known };
}

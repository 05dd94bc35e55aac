import assert from "node:assert/strict";
import { test } from "node:test";
import { contentHash } from "../../../pipelines/landing/content-hash.js";
import { marketContextTable } from "../../../pipelines/landing/tables/market-context.js";
import { marketContext } from "../../helpers/landing-records.js";

test("a record of New York has the hash that it had before there were calendars; one of another exchange its own", () => {
  const { columns } = marketContextTable;
  const hashOf = (calendar: string, of = columns) =>
    contentHash(of, { record: marketContext({ calendar }), partition: 0, offset: 0, timestamp: 0 });
  const former = columns.filter(({ name }) => name !== "calendar");
  assert.equal(hashOf("XNYS"), hashOf("XNYS", former));
  assert.notEqual(hashOf("XLON"), hashOf("XNYS"));
});

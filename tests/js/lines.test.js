import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, sentence, stepSeries, ticks } from "#page/pages/job/lines.js";

test("an axis has round marks and includes the highest value", () => {
  assert.deepEqual(ticks(23570), [0, 15000, 30000]);
  assert.deepEqual(ticks(7), [0, 4, 8]);
  assert.deepEqual(ticks(0), [0]);
  for (const highest of [1, 2, 9, 11, 99, 101, 5000]) assert.ok(ticks(highest).at(-1) >= highest, String(highest));
});

test("a line is broken at unknown values, and a single value is a dot", () => {
  const lines = linesOf([1, 2, null, 3], (index) => index, (value) => 10 - value);
  assert.deepEqual(lines, ["0,9 1,8", "3,7 3,7"]);
});

test("a chart is described in words, template by template", () => {
  const series = [{ name: "rows", values: [5, null, 7] }, { name: "totals", values: [null, null, null] }];
  assert.equal(
    sentence("Rows", series, ["1 Jan", "2 Jan", "3 Jan"], String),
    "Rows of 3 windows. rows: lowest 5 (1 Jan), highest 7 (3 Jan), latest 7 (3 Jan); totals: nothing.",
  );
});

test("each step that some window has is a line", () => {
  const windows = [{ extract: 2, upload: 0.5 }, {}, { extract: 3 }].map((took) => ({ step_seconds: took }));
  assert.deepEqual(stepSeries(windows), [
    { name: "Reading the data", values: [2, null, 3] },
    { name: "Sending the file", values: [0.5, null, null] },
  ]);
});

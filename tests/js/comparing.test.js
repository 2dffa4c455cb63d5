import assert from "node:assert/strict";
import { test } from "node:test";
import { changeText, comparedLines, firstPair, valueText } from "#page/pages/job/comparing.js";

const same = { before: "3", after: "3", difference: null, percent: null };
const comparison = {
  rows: { before: "3219", after: "3540", difference: "+321", percent: 10 },
  bytes: { before: "1500", after: "1500", difference: null, percent: null },
  numbers: "kept",
  columns: [
    { name: "id", state: "in both", types: ["integer", "integer"], figures: { sum: same }, masked: false },
    { name: "amount", state: "other type", types: ["number", "text"], figures: {}, masked: false },
    {
      name: "phone", state: "in both", types: ["text", "text"], masked: true,
      figures: { nulls: { before: "1", after: "0", difference: "-1", percent: -100 } },
    },
  ],
};

test("numbers keep all digits and get separators and a sign", () => {
  assert.equal(valueText("9007199254740993.10"), "9,007,199,254,740,993.10");
  assert.equal(valueText("-1234.5678"), "−1,234.5678");
  assert.equal(valueText("1997-01-01T00:00:00.000000Z"), "1997-01-01 00:00:00 UTC");
  assert.equal(valueText(null), "–");
});

test("a difference has a sign and percent where there is one", () => {
  assert.equal(changeText(comparison.rows), "+321 (+10 %)");
  assert.equal(changeText(same), "same");
  assert.equal(changeText({ before: "0", after: "5", difference: "+5", percent: null }), "+5");
  assert.equal(changeText({ before: "9999999", after: "10000000", difference: "+1", percent: 0 }), "+1 (under 0.1 %)");
  assert.equal(changeText({ before: "1997-01-01", after: "1997-02-01", difference: null, percent: null }), "differs");
});

test("only differences are shown, with a reason, unless all values are requested", () => {
  const lines = comparedLines(comparison, false);
  assert.deepEqual(lines.map(({ column, what }) => `${column}:${what}`), [
    "Rows:", "Size:", "amount:", "phone:Empty cells",
  ]);
  assert.equal(lines[2].note, "number → text");
  assert.match(lines[3].note, /contains personal data/);
  assert.equal(lines[3].change, "−1 (−100 %)");
  assert.equal(comparedLines(comparison, true).length, 5);
});

test("the newest delivery is compared with the one before it", () => {
  assert.deepEqual(firstPair([{ id: 9 }, { id: 7 }, { id: 1 }]), [7, 9]);
  assert.equal(firstPair([{ id: 9 }]), null);
  assert.equal(firstPair([]), null);
});

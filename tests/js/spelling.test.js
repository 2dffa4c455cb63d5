import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { presetOf, withPreset } from "#page/pages/create/presetChoice.js";
import { PRESETS } from "#page/pages/create/presets.js";
import { booleansAs, booleansOf, exampleRow, timeText } from "#page/pages/create/spelling.js";

// The same rows as in tests/integration/streaming/test_example_rows.py, where the writers of the files write them.
const ROWS = JSON.parse(readFileSync(new URL("example_rows.json", import.meta.url), "utf8"));

test("the example row is what the file would contain", () => {
  for (const [preset, row] of Object.entries(ROWS)) {
    assert.equal(exampleRow(preset ? PRESETS[preset].sets : {}), row, preset);
  }
});

test("a preset is detected by its options, and replaces all but the options of every format", () => {
  const file = withPreset({ name: "n", delimiter: "|", max_bytes: 5 }, "excel-german");
  assert.equal(presetOf(file), "excel-german");
  assert.deepEqual([file.name, file.max_bytes, file.delimiter], ["n", 5, ";"]);
  assert.equal(presetOf({ ...file, delimiter: "|" }), "");
  assert.deepEqual(withPreset(file, ""), { name: "n", max_bytes: 5 });
});

test("true and false are chosen together", () => {
  for (const texts of ["", "WAHR/FALSCH", "X/"]) assert.equal(booleansOf(booleansAs(texts)), texts);
});

test("a format is shown by a time", () => {
  assert.equal(timeText("%d.%m.%Y %H:%M:%S.%L%:z"), "31.01.2026 13:05:09.250+01:00");
});

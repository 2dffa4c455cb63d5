import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf, noteText } from "#page/pages/job/testFile.js";

test("a test file is said with its rows, its days and what is left empty", () => {
  const note = { days: "1 to 31 January 1997", rows: 1000, truncated: true, masked: 2 };
  assert.equal(
    noteText(note),
    "A test file with the first 1,000 rows of 1 to 31 January 1997. 2 columns that tell of people are empty.",
  );
  const one = noteText({ ...note, rows: 1, truncated: false, masked: 1 });
  assert.equal(one, "A test file with 1 row of 1 to 31 January 1997. 1 column that tells of people is empty.");
});

test("the name of a file is read from its header", () => {
  const headers = new Headers({ "Content-Disposition": "attachment; filename*=UTF-8''TEST-a%20b.zip" });
  assert.equal(nameOf(headers), "TEST-a b.zip");
  assert.equal(nameOf(new Headers()), "TEST");
});

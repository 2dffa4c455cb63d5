import assert from "node:assert/strict";
import { test } from "node:test";
import { mailText, nameOf, noteText, whyNoMail } from "#page/components/testFile.js";

test("a test file is described with its rows, its days and its empty columns", () => {
  const note = { days: "1 to 31 January 1997", rows: 1000, truncated: true, masked: 2 };
  assert.equal(
    noteText(note),
    "A test file with the first 1,000 rows of 1 to 31 January 1997. 2 columns with personal data are empty.",
  );
  const one = noteText({ ...note, rows: 1, truncated: false, masked: 1 });
  assert.equal(one, "A test file with 1 row of 1 to 31 January 1997. 1 column with personal data is empty.");
});

test("a mailed test file is described with its address, or with why it cannot be mailed", () => {
  const note = { days: "1 to 31 January 1997", rows: 2, truncated: false, masked: 0, sent_to: "anna@example.com" };
  assert.equal(mailText(note), "Sent to anna@example.com. A test file with 2 rows of 1 to 31 January 1997.");
  assert.equal(whyNoMail("anna@example.com", false), "");
  assert.match(whyNoMail("", true), /does not know your mail address/);
  assert.match(whyNoMail("anna@example.com", true), /encrypted/);
});

test("the name of a file is read from its header", () => {
  const headers = new Headers({ "Content-Disposition": "attachment; filename*=UTF-8''TEST-a%20b.zip" });
  assert.equal(nameOf(headers), "TEST-a b.zip");
  assert.equal(nameOf(new Headers()), "TEST");
});

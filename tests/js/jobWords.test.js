import assert from "node:assert/strict";
import { test } from "node:test";
import {
  basisText, executionDateText, fieldText, fileFacts, filterText, frequencyText, orderText, validityText,
} from "#page/pages/job/words.js";

const SCHEDULE = {
  frequency: "daily", from: "2026-01-01", until: "2026-01-02", deliver_at: "02:00:00", time_zone: "Europe/Berlin",
};

test("a schedule in words", () => {
  const text = (changes) => executionDateText({ ...SCHEDULE, ...changes });
  assert.equal(text({}), "Every day, delivered on the day after at 02:00 Europe/Berlin");
  assert.match(text({ frequency: "weekly", execute_on: "monday" }), /^Monday, delivered/);
  assert.match(text({ frequency: "monthly", execute_on: "last" }), /^The last day of the month, delivered/);
  assert.match(text({ frequency: "monthly", execute_on: "5" }), /^Day 5 of the month, delivered/);
  assert.equal(text({ frequency: "once", deliver_on: "2026-02-03" }), "3 Feb 2026 at 02:00 Europe/Berlin");
  assert.match(text({ frequency: "once" }), /^The day after the last day of data at 02:00/);
  assert.match(text({ frequency: "once", deliver_after_days: 3 }), /^3 days after the last day of data at 02:00/);
  assert.match(text({ frequency: "quarterly" }), /^The last day of the quarter, delivered on the day after/);
  assert.match(text({ frequency: "monthly", deliver_after_days: 5 }), / month, delivered 5 days after at/);
  assert.equal(frequencyText(SCHEDULE), "Daily");
  assert.equal(validityText(SCHEDULE), "1 Jan 2026 – 2 Jan 2026");
  assert.equal(validityText({ ...SCHEDULE, until: SCHEDULE.from }), "1 Jan 2026");
});

test("a filter in words, with at most eight of its values", () => {
  assert.equal(filterText({ column: "is_open", op: "not_equals", values: ["true"] }), "is_open is not true");
  assert.equal(filterText({ column: "n", op: "between", values: ["1", "5"] }), "n is between 1 and 5");
  assert.equal(filterText({ column: "n", op: "is_null" }), "n is empty");
  assert.equal(filterText({ column: "n", op: "sounds_like", values: ["x"] }), "n sounds_like x");
  const many = Array.from({ length: 10 }, (_, index) => String(index));
  assert.equal(filterText({ column: "n", op: "in", values: many }), "n is one of 0, 1, 2, 3, 4, 5, 6, 7 and 2 more");
});

test("fields, order and date basis in words", () => {
  assert.equal(fieldText("schedule.deliver_at"), "Time of delivery");
  assert.equal(fieldText("templates.0_x"), "Templates 0 x");
  assert.equal(orderText(["-amount", "id"]), "amount, highest first; id");
  assert.equal(basisText({ date_basis: null, kind: "dimension" }), "None: the whole table each time");
  assert.equal(basisText({ date_basis: null, kind: "custom" }), "The day it happened");
  assert.equal(basisText({ date_basis: "updated", kind: "standard" }), "The day it last changed");
});

test("file options default to those of the server", () => {
  const shown = (file) => Object.fromEntries(fileFacts(file).filter(([, value]) => value));
  assert.deepEqual(shown({}), {
    Format: "CSV, UTF-8", Compression: "Zip", "Header row": "Yes", Delimiter: "Comma", Quotes: "Only where needed",
    "Line endings": "CR LF (RFC 4180, Windows)", "Empty values": "Left empty",
    "Without rows": "Send a file with the header row only",
  });
  assert.equal(shown({ max_bytes: 20e9 })["Largest file"], "20 GB");
  assert.equal(shown({ delimiter: "~" }).Delimiter, "~");
  const german = shown({ encoding: "windows-1252", unencodable: "replace", decimal_mark: ",", line_breaks: "blank" });
  assert.equal(german.Format, "CSV, Windows-1252");
  assert.equal(german["Unsupported characters"], "Write a question mark");
  assert.match(german["Example row"], /^Zoë Smith,.*"1234,50"/);
});

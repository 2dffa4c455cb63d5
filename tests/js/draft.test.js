import assert from "node:assert/strict";
import { test } from "node:test";
import { addDays, today } from "#page/days.js";
import {
  blankDraft, bodyOf, destinationText, draftOf, fileText, freshDays, inFormat, templateUseText,
} from "#page/pages/create/draft.js";
import { STEPS, errorsOf } from "#page/pages/create/steps.js";

const TEMPLATE = {
  name: "mine", kind: "custom", description: "", columns: [], kpis: ["a"], dimensions: [], file_columns: [],
};

test("a once job has past days, all others the coming year", () => {
  const now = today("UTC");
  assert.deepEqual(freshDays("once", "UTC"), { from: addDays(now, -30), until: addDays(now, -1) });
  const { from, until } = freshDays("daily", "UTC");
  assert.equal(from, now);
  assert.equal(addDays(until, 1).slice(5), now.slice(5).replace("02-29", "03-01"));
});

test("blank values are not sent, so the server reports them as missing", () => {
  const body = bodyOf({ ...blankDraft(), name: "n" });
  assert.deepEqual(Object.keys(body).sort(), ["file", "name", "schedule", "templates"]);
  assert.equal(body.schedule.frequency, "weekly");
  assert.deepEqual(body.templates, []);
});

test("a new template is sent only if the job uses it, without the page's own fields", () => {
  const draft = { ...blankDraft(), new_templates: [TEMPLATE, { ...TEMPLATE, name: "other" }] };
  assert.equal("new_templates" in bodyOf(draft), false);
  const [sent, ...rest] = bodyOf({ ...draft, templates: [{ template: "mine" }] }).new_templates;
  assert.deepEqual(rest, []);
  assert.equal(sent.name, "mine");
  assert.equal("file_columns" in sent, false);
});

test("file options and template uses are summarized", () => {
  assert.equal(
    fileText({}),
    "CSV with a header row, values separated by comma, compressed with zip. " +
      "Without rows: send a file with the header row only.",
  );
  const plain = fileText({ compression: "none", header: false, delimiter: ";" });
  assert.match(plain, /^CSV without a header row, .* by semicolon, not compressed\. /);
  assert.equal(fileText({ format: "parquet" }), "Parquet. Without rows: send a file with the header row only.");
  assert.match(fileText({ format: "jsonl", compression: "gzip" }), /^JSON lines, compressed with gzip\. /);
  assert.equal(templateUseText({ template: "t" }), "All columns, unchanged.");
  const use = {
    template: "t", columns: ["a"], filters: [{}, {}], audience: ["1"], date_basis: "updated", subfolder: "x",
  };
  assert.equal(
    templateUseText(use),
    "1 selected column, 2 filters, 1 customer only, by the time of the last change, in the sub-folder x.",
  );
});

test("another text format keeps the shared text options", () => {
  const file = { format: "csv", delimiter: ";", header: false, encoding: "utf-16", decimal_mark: ",", name: "n" };
  const fixed = inFormat(file, "fixed");
  assert.deepEqual([fixed.encoding, fixed.decimal_mark, fixed.name], ["utf-16", ",", "n"]);
  assert.equal("delimiter" in fixed || "header" in fixed || "line_breaks" in fixed, false);
  assert.equal(inFormat(file, "jsonl").decimal_mark, undefined);
  assert.match(fileText({ format: "fixed", encoding: "iso-8859-1" }), /^Fixed-width text, in ISO 8859-1/);
});

test("every path of an issue belongs to one step", () => {
  const owner = (path) => STEPS.findIndex((_, step) => errorsOf(step, [{ path, what: "", remedy: "" }]).length > 0);
  const expected = {
    "": 0, name: 0, "schedule.from": 0, "recipients[0]": 0, enabled: 0,
    templates: 1, "templates[0]": 1, "templates[2].template": 1, "new_templates[0].kpis": 1,
    "templates[0].columns[1]": 2, "templates[0].filters[0].op": 2, "file.delimiter": 2, unknown: 2,
  };
  for (const [path, step] of Object.entries(expected)) assert.equal(owner(path), step, path);
  assert.deepEqual(errorsOf(0, [{ path: "name", what: "", remedy: "", level: "warning" }]), []);
});

test("another format keeps the options that it has", () => {
  const file = { format: "csv", delimiter: ";", bom: true, compression: "gzip", empty_result: "skip", name: "a" };
  const sent = (/** @type {string} */ format) => JSON.parse(JSON.stringify(inFormat(file, format)));
  assert.deepEqual(sent("jsonl"), { format: "jsonl", empty_result: "skip", name: "a", compression: "gzip" });
  assert.deepEqual(sent("parquet"), { format: "parquet", empty_result: "skip", name: "a" });
});

test("one or several destinations are sent in the API's form, and a copy becomes a draft", () => {
  const one = { ...blankDraft(), destination: "partner" };
  const several = { ...one, also: ["archive"] };
  assert.equal(bodyOf(one).destination, "partner");
  assert.deepEqual(bodyOf(several).destinations, ["partner", "archive"]);
  for (const key of ["also", "destination"]) assert.equal(key in bodyOf(several), false);
  for (const draft of [one, several]) {
    const { destination, also } = draftOf(bodyOf(draft));
    assert.deepEqual([destination, also], [draft.destination, draft.also]);
  }
  assert.equal(destinationText(several), "partner, archive");
  assert.deepEqual(bodyOf({ ...one, also: undefined }).destination, "partner");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { isError, issuesAt, issuesBelow, placeText, sentence } from "#page/issues.js";

const issue = (path, level) => ({ path, what: "it is wrong", remedy: "", level });
const paths = (issues) => issues.map(({ path }) => path);
const ISSUES = ["name", "names", "templates", "templates[1]", "templates[1].columns[0]", "templates[10]"].map((path) =>
  issue(path),
);

test("an issue is a sentence, with its remedy if it has one", () => {
  assert.equal(sentence(issue("")), "It is wrong.");
  assert.equal(sentence({ path: "", what: "it is wrong", remedy: "Correct it" }), "It is wrong. Correct it.");
});

test("an issue without a level is an error", () => {
  assert.deepEqual([undefined, "error", "warning"].map((level) => isError(issue("", level))), [true, true, false]);
});

test("issues at a path are those of the path and below it, not of similar names", () => {
  assert.deepEqual(paths(issuesAt(ISSUES, "name")), ["name"]);
  assert.deepEqual(paths(issuesAt(ISSUES, "templates")), paths(ISSUES).slice(2));
  assert.deepEqual(paths(issuesAt(ISSUES, "templates[1]")), ["templates[1]", "templates[1].columns[0]"]);
});

test("issues below a path get relative paths", () => {
  assert.deepEqual(paths(issuesBelow(ISSUES, "templates[1]")), ["", "columns[0]"]);
});

test("the place of an issue in words", () => {
  assert.equal(placeText("templates[2].template"), "File 3");
  assert.equal(placeText("templates[0].filters[1].values"), "File 1, filter 2, values");
  assert.equal(placeText("schedule.deliver_at"), "Schedule, deliver at");
});

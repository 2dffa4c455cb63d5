import assert from "node:assert/strict";
import { test } from "node:test";
import { JOB_FILTERS, filtersOf, isMatch, jobQuery, withFilters } from "#page/filters.js";

const changed = (query, changes) => withFilters(new URLSearchParams(query), changes, JOB_FILTERS).toString();

test("the address contains only differences from the defaults", () => {
  assert.deepEqual(filtersOf(new URLSearchParams(""), JOB_FILTERS), JOB_FILTERS);
  const filters = filtersOf(new URLSearchParams("search=a%26b&sort=-next&other=1"), JOB_FILTERS);
  assert.deepEqual(filters, { ...JOB_FILTERS, search: "a&b", sort: "-next" });
});

test("a changed filter returns to the first page, and a default is removed from the address", () => {
  assert.equal(changed("offset=50&other=1", { search: "a" }), "other=1&search=a");
  assert.equal(changed("search=a&state=success", { state: "" }), "search=a");
  assert.equal(changed("sort=-next", { sort: "name" }), "");
  assert.equal(changed("search=a", { offset: "100" }), "search=a&offset=100");
});

test("the list is requested in pages of 50", () => {
  assert.deepEqual(jobQuery({ ...JOB_FILTERS, state: "success" }), { ...JOB_FILTERS, state: "success", limit: 50 });
});

test("a search finds all of its words in any order, whatever their case", () => {
  const texts = ["Net sales", "by store", undefined];
  for (const search of ["", " ", "SALES net", "sto sal"]) assert.equal(isMatch(search, texts), true, search);
  for (const search of ["net profit", "sales store x"]) assert.equal(isMatch(search, texts), false, search);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BLANK_TEMPLATE, bodyOf, columnOptions, definitionOf, dimensionOptions, groupsOf, isPreviewable, kpiOptions,
} from "#page/components/template/offers.js";

test("a template is sent without the API's own fields and without blank values", () => {
  const row = { ...BLANK_TEMPLATE, name: "t", kpis: ["sales"], used_by: 3, created_by: "anna" };
  const whole = { name: "t", kind: "custom", description: "", columns: [], kpis: ["sales"], dimensions: [] };
  assert.deepEqual(definitionOf(row), whole);
  assert.deepEqual(bodyOf(row), { name: "t", kind: "custom", kpis: ["sales"] });
});

test("a template can be previewed once it has what its kind needs", () => {
  const needs = { custom: { kpis: ["a"] }, standard: { fact: "f" }, dimension: { dimensions: ["d"] } };
  for (const [kind, parts] of Object.entries(needs)) {
    assert.equal(isPreviewable({ ...BLANK_TEMPLATE, kind }), false, kind);
    assert.equal(isPreviewable({ ...BLANK_TEMPLATE, kind, ...parts }), true, kind);
  }
});

test("a KPI's note says its unit, its fact, and whether it adds up", () => {
  const kpi = { key: "k", title: "K", description: "", type: "number", decimals: null };
  const catalogue = {
    facts: [{ key: "f", title: "Sales" }],
    kpis: [{ ...kpi, unit: "USD", fact: "f", additive: true }, { ...kpi, unit: "", fact: "g", additive: false }],
  };
  assert.deepEqual(kpiOptions(catalogue).map(({ note }) => note), ["USD · Sales", "g · recalculated for each group"]);
});

test("a dimension is offered by its label, and its other attributes below it", () => {
  const attribute = (name) => ({ name, title: name.toUpperCase(), description: "" });
  const attributes = ["city", "size"].map(attribute);
  const store = { key: "store", title: "Store", description: "", label: "city", attributes };
  const options = dimensionOptions({ date_parts: [{ key: "day", title: "Day" }], dimensions: [store] });
  assert.deepEqual(options.map(({ key, title }) => [key, title]), [
    ["day", "Day"], ["store", "Store"], ["store.size", "Store: SIZE"],
  ]);
});

test("matches are grouped by dimension, in their order", () => {
  const offer = (key, group) => ({ key, title: key, description: "", note: "", group });
  const all = [offer("id", "Sales"), offer("city", "Store"), offer("size", "Store"), offer("day", "Date")];
  const found = groupsOf([all[3], all[1], all[2]], all).map(({ heading, offers }) => [heading, offers.length]);
  assert.deepEqual(found, [["Date", 1], ["Store", 2]]);
  const plain = columnOptions([{ name: "id", title: "Id", description: "", unit: "" }]);
  assert.deepEqual(groupsOf(plain, plain).map(({ heading }) => heading), [""], "one group needs no heading");
  assert.deepEqual(groupsOf([], all), []);
});

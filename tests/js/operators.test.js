import assert from "node:assert/strict";
import { test } from "node:test";
import { filterFor, fitValues, operatorOptions, valueCount } from "#page/components/use/operators.js";
import { withStored } from "#page/words.js";

const column = (name, counts) => {
  const operators = Object.entries(counts).map(([op, values]) => ({ op, values }));
  return { column: name, title: name, type: "text", has_values: false, operators };
};
const FLAG = column("is_open", { equals: "one", not_equals: "one", in: "many", is_null: "none" });
const AMOUNT = column("amount", { equals: "one", between: "two" });

test("the operators of a column come from the API, in words", () => {
  assert.deepEqual(operatorOptions(FLAG), [
    ["equals", "is"], ["not_equals", "is not"], ["in", "is one of"], ["is_null", "is empty"],
  ]);
  assert.deepEqual(operatorOptions(column("x", { sounds_like: "one" })), [["sounds_like", "sounds_like"]]);
});

test("the stored operator is shown even if the column does not offer it", () => {
  const shown = (op, of) => withStored(op, operatorOptions(of)).find(([key]) => key === op);
  assert.deepEqual(shown("not_equals", FLAG), ["not_equals", "is not"]);
  assert.deepEqual(shown("between", FLAG), ["between", "between"]);
  assert.deepEqual(shown("in", undefined), ["in", "in"], "a column that the catalogue no longer has");
});

test("the API says how many values an operator takes; an unknown operator shows all", () => {
  assert.deepEqual(["equals", "in", "is_null"].map((op) => valueCount(FLAG, op)), ["one", "many", "none"]);
  assert.equal(valueCount(AMOUNT, "between"), "two");
  assert.equal(valueCount(FLAG, "between"), "many");
  assert.equal(valueCount(undefined, "equals"), "many");
});

test("values are kept as far as the next operator accepts them", () => {
  assert.deepEqual(fitValues(["a", "b"], "none"), []);
  assert.deepEqual(fitValues(["a", "b"], "one"), ["a"]);
  assert.deepEqual(fitValues(["a"], "two"), ["a", ""]);
  assert.deepEqual(fitValues(["a", "", "b"], "many"), ["a", "b"]);
  assert.deepEqual(fitValues([], "one"), [""]);
});

test("another column keeps the operator if it offers it, but no values", () => {
  assert.deepEqual(filterFor(FLAG, "in"), { column: "is_open", op: "in", values: [] });
  assert.deepEqual(filterFor(AMOUNT, "between"), { column: "amount", op: "between", values: ["", ""] });
  assert.deepEqual(filterFor(AMOUNT, "is_null"), { column: "amount", op: "equals", values: [""] });
});

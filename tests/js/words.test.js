import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATORS, withStored, wordOf } from "#page/words.js";

test("a key without a word is shown as it is", () => {
  assert.equal(wordOf(OPERATORS, "not_equals"), "is not");
  assert.equal(wordOf(OPERATORS, "sounds_like"), "sounds_like");
});

test("the stored value is always among the options", () => {
  const options = [["a", "A"], ["b", "B"]];
  assert.deepEqual(withStored("b", options), options);
  assert.deepEqual(withStored("c", options), [["c", "c"], ...options]);
  assert.deepEqual(withStored("", options), [["", ""], ...options]);
});

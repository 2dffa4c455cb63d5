// How a filter compares, in words; only what fits the type of its column is offered.
import { OPERATORS } from "../../words.js";

const ANY = ["equals", "not_equals", "in", "not_in", "is_null", "is_not_null"];
const ORDERED = ["less_than", "at_most", "greater_than", "at_least", "between"];
const BY_TYPE = {
  text: [...ANY, "starts_with", "contains", ...ORDERED],
  boolean: ["equals", "is_null", "is_not_null"],
};

export const operatorsOf = (type) => (BY_TYPE[type] ?? [...ANY, ...ORDERED]).map((key) => [key, OPERATORS[key]]);

// How many values an operator takes: 0, 1, 2 or, for a list, Infinity.
export const arity = (op) =>
  op === "is_null" || op === "is_not_null" ? 0 : op === "between" ? 2 : op === "in" || op === "not_in" ? Infinity : 1;

export const fitted = (values, op) => {
  const count = arity(op);
  if (count === Infinity) return values.filter(Boolean);
  return Array.from({ length: count }, (_, index) => values[index] ?? "");
};

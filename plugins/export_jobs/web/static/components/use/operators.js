// The operators of filters. The API says which operators a column has, and how many values each takes.
import { OPERATORS, wordOf } from "../../words.js";

/** @param {Api.FilterColumn | undefined} column @returns {Page.Option[]} */
export const operatorOptions = (column) => (column?.operators ?? []).map(({ op }) => [op, wordOf(OPERATORS, op)]);

// For an operator that the column does not offer, every stored value is shown.
/** @param {Api.FilterColumn | undefined} column @param {string} op @returns {Api.ValueCount} */
export const valueCount = (column, op) => column?.operators.find((operator) => operator.op === op)?.values ?? "many";

// The values that are kept when the operator changes.
/** @param {string[]} values @param {Api.ValueCount} count */
export function fitValues(values, count) {
  if (count === "many") return values.filter(Boolean);
  return Array.from({ length: { none: 0, one: 1, two: 2 }[count] }, (_, index) => values[index] ?? "");
}

// A filter for another column: it keeps its operator if the new column has it, and no values.
/** @param {Api.FilterColumn} column @param {string} op @returns {Page.Filter} */
export function filterFor(column, op) {
  const next = column.operators.some((operator) => operator.op === op) ? op : column.operators[0].op;
  return { column: column.column, op: next, values: fitValues([], valueCount(column, next)) };
}

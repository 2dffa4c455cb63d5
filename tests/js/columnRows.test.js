import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseAll, columnsOf, move, placesOf, rowsOf } from "#page/components/use/columnRows.js";

const TEMPLATE = ["id", "name", "amount"].map((column) => ({
  column, title: column.toUpperCase(), type: "text", unit: "", description: "",
}));
const chosen = (rows) => rows.filter(({ isChosen }) => isChosen).map(({ column }) => column);

test("a definition without columns has all columns of the template", () => {
  const rows = rowsOf([], TEMPLATE);
  assert.deepEqual(chosen(rows), ["id", "name", "amount"]);
  assert.deepEqual(columnsOf(rows, TEMPLATE), []);
});

test("columns that were left out come last, and stay left out", () => {
  const columns = [{ column: "amount", as: "Sum" }, "id"];
  const rows = rowsOf(columns, TEMPLATE);
  assert.deepEqual(rows.map(({ column, heading, isChosen }) => [column, heading, isChosen]), [
    ["amount", "Sum", true], ["id", "", true], ["name", "", false],
  ]);
  assert.deepEqual(columnsOf(rows, TEMPLATE), columns);
});

test("a column that the template no longer has is kept, so that the server reports it", () => {
  const [row] = rowsOf(["gone"], TEMPLATE);
  assert.deepEqual(row, { column: "gone", heading: "", isChosen: true, title: "gone", type: "" });
  assert.deepEqual(columnsOf([row], TEMPLATE), ["gone"]);
});

test("a heading equal to the column's name is not stored", () => {
  const rows = rowsOf([], TEMPLATE).map((row) => (row.column === "id" ? { ...row, heading: "id" } : row));
  assert.deepEqual(columnsOf(rows, TEMPLATE), ["id", "name", "amount"]);
});

test("a changed order is stored", () => {
  const rows = move(rowsOf([], TEMPLATE), 2, 0);
  assert.deepEqual(columnsOf(rows, TEMPLATE), ["amount", "id", "name"]);
  assert.deepEqual(chosen(move(rows, 0, 2)), ["id", "name", "amount"]);
});

test("columns are found by title, name and heading, every word of the search", () => {
  const rows = rowsOf([{ column: "amount", as: "Net total" }, "id", "name"], TEMPLATE);
  assert.deepEqual(placesOf(rows, ""), [0, 1, 2]);
  assert.deepEqual(placesOf(rows, "total NET"), [0]);
  assert.deepEqual(placesOf(rows, "a"), [0, 2]);
  assert.deepEqual(placesOf(rows, "x"), []);
});

test("all matching columns are selected or left out at once, but one column stays", () => {
  const rows = rowsOf([], TEMPLATE);
  assert.deepEqual(chosen(chooseAll(rows, [1, 2], false)), ["id"]);
  assert.deepEqual(chosen(chooseAll(rows, [0, 1, 2], false)), ["id"]);
  assert.deepEqual(chosen(chooseAll(chooseAll(rows, [0, 1, 2], false), [2], true)), ["id", "amount"]);
});

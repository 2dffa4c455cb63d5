// The columns of a definition <-> the rows of the list, which also has those that were left out.
const reference = (entry) => (typeof entry === "string" ? entry : entry.column);

export function asRows(columns, held) {
  const titles = new Map(held.map((column) => [column.column, column]));
  const row = (column, heading, isChosen) => ({ column, heading, isChosen, title: titles.get(column)?.title ?? column, type: titles.get(column)?.type ?? "" });
  if (columns.length === 0) return held.map(({ column }) => row(column, "", true));
  const chosen = columns.map((entry) => row(reference(entry), typeof entry === "string" ? "" : (entry.as ?? ""), true));
  const names = new Set(chosen.map(({ column }) => column));
  return [...chosen, ...held.filter(({ column }) => !names.has(column)).map(({ column }) => row(column, "", false))];
}

// Nothing when the file is as the template has it: all columns, in its order, under their own names.
export function asColumns(rows, held) {
  const chosen = rows.filter(({ isChosen }) => isChosen);
  const isAsHeld = chosen.length === held.length && chosen.every(({ column, heading }, index) => column === held[index].column && !heading);
  return isAsHeld ? [] : chosen.map(({ column, heading }) => (heading && heading !== column ? { column, as: heading } : column));
}

export function moved(rows, from, to) {
  const next = [...rows];
  const [row] = next.splice(from, 1);
  next.splice(to, 0, row);
  return next;
}

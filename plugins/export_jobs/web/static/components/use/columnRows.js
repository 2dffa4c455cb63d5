// The columns of a definition <-> the rows of the list, which also shows the columns that are left out.

/** @param {Api.ColumnUse[]} columns @param {Api.TemplateColumn[]} templateColumns @returns {Page.ColumnRow[]} */
export function rowsOf(columns, templateColumns) {
  const known = new Map(templateColumns.map((column) => [column.column, column]));
  const row = (/** @type {string} */ column, /** @type {string} */ heading, /** @type {boolean} */ isChosen) => {
    const { title = column, type = "" } = known.get(column) ?? {};
    return { column, heading, isChosen, title, type };
  };
  if (columns.length === 0) return templateColumns.map(({ column }) => row(column, "", true));
  const chosen = columns
    .map((use) => (typeof use === "string" ? { column: use } : use))
    .map(({ column, as = "" }) => row(column, as, true));
  const names = new Set(chosen.map(({ column }) => column));
  const others = templateColumns.filter(({ column }) => !names.has(column));
  return [...chosen, ...others.map(({ column }) => row(column, "", false))];
}

// Empty for all columns of the template in its order and with its names.
/** @param {Page.ColumnRow[]} rows @param {Api.TemplateColumn[]} templateColumns @returns {Api.ColumnUse[]} */
export function columnsOf(rows, templateColumns) {
  const chosen = rows.filter(({ isChosen }) => isChosen);
  const isUnchanged =
    chosen.length === templateColumns.length &&
    chosen.every(({ column, heading }, index) => column === templateColumns[index].column && !heading);
  if (isUnchanged) return [];
  return chosen.map(({ column, heading }) => (heading && heading !== column ? { column, as: heading } : column));
}

/** @template T @param {T[]} rows @param {number} from @param {number} to */
export function move(rows, from, to) {
  const next = [...rows];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

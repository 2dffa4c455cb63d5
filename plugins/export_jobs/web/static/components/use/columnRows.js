// Converts the columns of a definition to rows of the list and back. The list also shows columns that are left out.

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

// Empty if all columns of the template are chosen, in its order and with its names.
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

// The places of the rows whose title, name or heading contains every word.
/** @param {Page.ColumnRow[]} rows @param {string} search @returns {number[]} */
export function placesOf(rows, search) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.flatMap(({ title, column, heading }, place) => {
    const text = `${title} ${column} ${heading}`.toLowerCase();
    return words.every((word) => text.includes(word)) ? [place] : [];
  });
}

// Chooses all or none of these places. A file needs at least one column, so the first one stays.
/** @param {Page.ColumnRow[]} rows @param {number[]} places @param {boolean} isChosen @returns {Page.ColumnRow[]} */
export function chooseAll(rows, places, isChosen) {
  const meant = new Set(places);
  const next = rows.map((row, place) => (meant.has(place) ? { ...row, isChosen } : row));
  if (next.some((row) => row.isChosen)) return next;
  return next.map((row, place) => ({ ...row, isChosen: place === 0 }));
}

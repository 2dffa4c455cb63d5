// The comparison of two deliveries as lines of a table, and the default choice of the two.
import { number, plural, size, time } from "../../format.js";

/** @type {[keyof Api.ColumnDifference["figures"], string][]} */
const FIGURES = [["sum", "Sum"], ["min", "Minimum"], ["max", "Maximum"], ["nulls", "Empty cells"]];

// The newest delivery and what it replaced; if its window was delivered once, the window before it.
/** @param {Api.DeliveredTemplate[]} deliveries newest window first @returns {[number, number] | null} */
export function firstPair(deliveries) {
  const [newest, ...older] = deliveries;
  return newest && older.length > 0 ? [older[0].id, newest.id] : null;
}

/** @param {Api.DeliveredTemplate} delivery */
export const deliveryText = ({ days, revision, rows, delivered_at: at }) =>
  `${days}${revision > 1 ? `, revision ${revision}` : ""}: ${plural(rows, "row")}, ${time(at)}`;

// Numbers keep all their digits; instants lose a fraction of zeros.
/** @param {string | null} value */
export function valueText(value) {
  if (value === null) return "–";
  const digits = /^([+-]?)(\d+)(\.\d+)?$/.exec(value);
  if (!digits) return value.replace("T", " ").replace(/\.0+(?=Z|[+-]|$)/, "").replace(/(Z|\+00:00)$/, " UTC");
  const [, sign, whole, fraction = ""] = digits;
  return `${sign.replace("-", "−")}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction}`;
}

/** @param {Api.Difference} figure */
export function changeText({ before, after, difference, percent }) {
  if (before === after) return "same";
  if (!difference) return "differs";
  if (percent === null || percent === undefined) return valueText(difference);
  const share = percent === 0 ? "under 0.1 %" : `${percent > 0 ? "+" : "−"}${number(Math.abs(percent))} %`;
  return `${valueText(difference)} (${share})`;
}

/** @param {Api.ColumnDifference} column */
function columnNote({ state, types: [before, after], masked }) {
  const what = { added: "new column", removed: "removed column", "other type": `${before} → ${after}`, "in both": "" };
  return [what[state], masked && "contains personal data, so its values are not shown"].filter(Boolean).join("; ");
}

// One line each for rows and bytes, then one for each number of each column; only differences, unless `isAll`.
/** @param {Api.DeliveryComparison} comparison @param {boolean} isAll @returns {Page.ComparedLine[]} */
export function comparedLines(comparison, isAll) {
  const line = (/** @type {string} */ column, /** @type {string} */ what, /** @type {Api.Difference} */ figure) => ({
    key: `${column} ${what}`, column, isFirst: true, note: "", what,
    before: valueText(figure.before), after: valueText(figure.after),
    change: changeText(figure), isSame: figure.before === figure.after,
  });
  const bytes = line("Size", "", comparison.bytes);
  bytes.before = size(Number(comparison.bytes.before));
  bytes.after = size(Number(comparison.bytes.after));
  const lines = [line("Rows", "", comparison.rows), bytes];
  for (const column of comparison.columns) {
    const known = FIGURES.flatMap(([key, words]) => {
      const figure = column.figures[key];
      return figure ? [line(column.name, words, figure)] : [];
    });
    const shown = known.filter(({ isSame }) => isAll || !isSame);
    const note = columnNote(column);
    if (shown.length === 0 && (isAll || column.state !== "in both")) {
      shown.push({ ...line(column.name, "", { before: null, after: null }), before: "", after: "", change: "" });
    }
    lines.push(...shown.map((one, index) => ({ ...one, isFirst: index === 0, note: index === 0 ? note : "" })));
  }
  return lines;
}

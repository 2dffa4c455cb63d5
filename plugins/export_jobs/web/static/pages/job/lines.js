// The geometry of a line chart, and its description in words.
import { STEPS } from "../../words.js";

// Three round marks of an axis, from 0 to at least the highest value.
/** @param {number} highest */
export function ticks(highest) {
  if (highest <= 0) return [0];
  const magnitude = 10 ** Math.floor(Math.log10(highest / 2));
  const half = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].map((step) => step * magnitude).find((step) => step * 2 >= highest);
  const step = highest < 3 ? highest / 2 : (half ?? highest / 2);
  return [0, step, step * 2];
}

// One line for each unbroken stretch of values; a stretch of a single one is a dot.
/**
 * @param {(number | null)[]} values
 * @param {(index: number) => number} place
 * @param {(value: number) => number} height
 */
export function linesOf(values, place, height) {
  /** @type {string[][]} */
  const lines = [[]];
  values.forEach((value, index) => {
    if (value === null) lines.push([]);
    else lines[lines.length - 1].push(`${place(index)},${height(value)}`);
  });
  const drawn = lines.filter((line) => line.length > 0);
  return drawn.map((line) => (line.length === 1 ? [...line, ...line] : line).join(" "));
}

/**
 * @param {string} title
 * @param {Page.Series[]} series
 * @param {string[]} labels
 * @param {(value: number) => string} format
 */
export function sentence(title, series, labels, format) {
  const parts = series.map(({ name, values }) => {
    const known = values.flatMap((value, index) => (value === null ? [] : [{ value, label: labels[index] }]));
    if (known.length === 0) return `${name}: nothing`;
    const highest = known.reduce((best, one) => (one.value > best.value ? one : best));
    const lowest = known.reduce((best, one) => (one.value < best.value ? one : best));
    const text = (/** @type {{ value: number, label: string }} */ one) => `${format(one.value)} (${one.label})`;
    return `${name}: lowest ${text(lowest)}, highest ${text(highest)}, latest ${text(known[known.length - 1])}`;
  });
  return `${title} of ${labels.length === 1 ? "1 window" : `${labels.length} windows`}. ${parts.join("; ")}.`;
}

// One line per step with its durations, without steps that no window has.
/** @param {Pick<Api.WindowCell, "step_seconds">[]} windows @returns {Page.Series[]} */
export const stepSeries = (windows) =>
  Object.entries(STEPS)
    .map(([step, name]) => ({ name, values: windows.map(({ step_seconds: took }) => took[step] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null));

// The states of a window and of an execution: words, icon, colour, and the style of a cell in the coverage picture.
// Cells differ in shape as well, for people who cannot tell green from red.
import { days, plural } from "../format.js";

const stripe = "linear-gradient(135deg, transparent 42%, var(--chakra-colors-bg) 42% 58%, transparent 58%)";
const half = "linear-gradient(90deg, var(--chakra-colors-bg) 50%, transparent 50%)";
const border = (/** @type {string} */ borderColor, borderWidth = "2px") => ({ borderColor, borderWidth });

export const WINDOW_STATES = {
  delivered: { words: "Delivered", icon: "check", color: "green.fg", cell: { bg: "green.solid" } },
  empty: { words: "No rows, no file", icon: "dash", color: "green.fg", cell: border("green.solid") },
  running: {
    words: "Running",
    icon: "running",
    color: "yellow.fg",
    cell: { bg: "yellow.solid", backgroundImage: half, ...border("yellow.solid", "1px") },
  },
  due: {
    words: "Due, waiting to start",
    icon: "clock",
    color: "blue.fg",
    cell: border("blue.solid"),
  },
  early: {
    words: "Sent before the window ended, so not complete",
    icon: "cross",
    color: "orange.fg",
    cell: { bg: "orange.solid", backgroundImage: half },
  },
  failed: { words: "Failed", icon: "cross", color: "red.fg", cell: { bg: "red.solid", backgroundImage: stripe } },
  missing: {
    words: "Missing",
    icon: "dash",
    color: "red.fg",
    cell: { borderStyle: "dashed", ...border("red.solid") },
  },
  future: { words: "Upcoming", icon: "clock", color: "fg.muted", cell: { bg: "bg.emphasized" } },
};

export const EXECUTION_STATES = {
  ...WINDOW_STATES,
  queued: { words: "Waiting to start", icon: "clock", color: "blue.fg" },
  skipped: { words: "Skipped", icon: "dash", color: "fg.muted" },
  delivered_then_failed: { words: "Delivered, then failed", icon: "cross", color: "orange.fg" },
};

// A window that can be re-exported: it is over, and no run is working on it.
/** @param {Api.WindowCell} window */
export const isOver = ({ state }) => !["future", "running", "due"].includes(state);

const MS_A_DAY = 86_400_000;
const LONG = 20; // days

// The windows by month, or by year if they are about a month long.
/** @param {Api.WindowCell[]} windows @param {string} zone */
export function coverageGroups(windows, zone) {
  const length = (/** @type {Api.Window} */ { start, end }) => new Date(end).getTime() - new Date(start).getTime();
  const isLong = windows.some((window) => length(window) > LONG * MS_A_DAY);
  const month = isLong ? undefined : "short";
  const format = new Intl.DateTimeFormat("en-GB", { year: "numeric", month, timeZone: zone });
  /** @type {Page.CoverageGroup[]} */
  const groups = [];
  windows.forEach((window, index) => {
    const name = format.format(new Date(window.start));
    if (groups.at(-1)?.name !== name) groups.push({ name, cells: [] });
    groups.at(-1)?.cells.push({ window, index });
  });
  return groups;
}

/** @param {Api.WindowCell} window @param {string} zone */
export function windowText(window, zone) {
  const facts = [
    WINDOW_STATES[window.state].words,
    window.rows !== null && plural(window.rows, "row"),
    window.overlaps && "overlaps another window",
  ];
  return `${days(window, zone)}: ${facts.filter(Boolean).join(", ")}`;
}

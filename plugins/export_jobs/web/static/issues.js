// Issues as the server words them: the path in a body, what is wrong, and the remedy.
import { capital } from "./format.js";

/** @param {Page.Issue} issue */
export const sentence = ({ what, remedy }) => `${capital(what)}.${remedy ? ` ${remedy}.` : ""}`;

/** @param {Page.Issue} issue */
export const isError = (issue) => issue.level !== "warning";

// The issues at a path and below it.
/** @template {Page.Issue} I @param {I[]} issues @param {string} path */
export const issuesAt = (issues, path) =>
  issues.filter((issue) => issue.path.startsWith(path) && ["", ".", "["].includes(issue.path.charAt(path.length)));

// The issues below a path, with paths relative to it.
/** @param {Page.Issue[]} issues @param {string} path @returns {Page.Issue[]} */
export const issuesBelow = (issues, path) =>
  issuesAt(issues, path).map((issue) => ({ ...issue, path: issue.path.slice(path.length).replace(/^\./, "") }));

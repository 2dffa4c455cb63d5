// Issues from the server: the path in a body, what is wrong, and the remedy.
import { capital } from "./format.js";

/** @param {Page.Issue} issue */
export const sentence = ({ what, remedy }) => `${capital(what)}.${remedy ? ` ${remedy}.` : ""}`;

/** @param {Page.Issue} issue */
export const isError = (issue) => issue.level !== "warning";

/** @type {Record<string, string>} */
const PLACES = {
  templates: "File", new_templates: "New template", recipients: "Recipient", filters: "Filter", columns: "Column",
};

// Where an issue is, for people: templates[2].filters[0].values is File 3, filter 1, values.
/** @param {string} path */
export function placeText(path) {
  const parts = path.split(".").flatMap((part) => {
    const [, name, index] = /^([^[]*)(?:\[(\d+)\])?$/.exec(part) ?? [part, part];
    if (index !== undefined && name in PLACES) return [`${PLACES[name]} ${Number(index) + 1}`];
    return name === "template" ? [] : [name.replaceAll("_", " ")];
  });
  return capital(parts.join(", ").toLowerCase());
}

// The issues at a path and below it.
/** @template {Page.Issue} I @param {I[]} issues @param {string} path */
export const issuesAt = (issues, path) =>
  issues.filter((issue) => issue.path.startsWith(path) && ["", ".", "["].includes(issue.path.charAt(path.length)));

// The issues below a path, with paths relative to it.
/** @param {Page.Issue[]} issues @param {string} path @returns {Page.Issue[]} */
export const issuesBelow = (issues, path) =>
  issuesAt(issues, path).map((issue) => ({ ...issue, path: issue.path.slice(path.length).replace(/^\./, "") }));

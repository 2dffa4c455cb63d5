// The three steps, and which of them an issue's path belongs to.
import { isError } from "../../issues.js";

const FIRST = /^(name|description|owner|destinations?|recipients|enabled|schedule)\b|^$/;
const SECOND = /^(templates|templates\[\d+\](\.template)?|new_templates.*)$/;

export const STEPS = [
  { title: "Schedule", heading: "What is it, where does it go, and when?" },
  { title: "Data", heading: "What is in the files?" },
  { title: "Adjust", heading: "Adjust each file, then create" },
];

/** @param {string} path */
function stepOf(path) {
  if (FIRST.test(path)) return 0;
  return SECOND.test(path) ? 1 : 2;
}

/** @param {number} step @param {Page.Issue[]} issues */
export const errorsOf = (step, issues) => issues.filter((issue) => isError(issue) && stepOf(issue.path) === step);

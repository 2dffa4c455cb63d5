// The three steps, and which of them an issue's path belongs to.
const FIRST = /^(name|description|owner|destination|recipients|enabled|schedule)\b|^$/;
const SECOND = /^(templates|templates\[\d+\](\.template)?|new_templates.*)$/;

export const STEPS = [
  { title: "Schedule", heading: "What is it, where does it go, and when?", owns: (path) => FIRST.test(path) },
  { title: "Data", heading: "What is in the files?", owns: (path) => SECOND.test(path) },
  {
    title: "Adjust",
    heading: "Adjust each file, then create",
    owns: (path) => !FIRST.test(path) && !SECOND.test(path),
  },
];

export const isError = (issue) => issue.level !== "warning";
export const errorsOf = (step, issues) => issues.filter((issue) => isError(issue) && STEPS[step].owns(issue.path));

// The issues at a path and below it.
export const issuesAt = (issues, path) =>
  issues.filter((issue) => issue.path === path || issue.path.startsWith(`${path}.`) || issue.path.startsWith(`${path}[`));

// The issues below a path, as seen from there.
export const issuesBelow = (issues, path) =>
  issuesAt(issues, path).map((issue) => ({ ...issue, path: issue.path.slice(path.length).replace(/^\./, "") }));

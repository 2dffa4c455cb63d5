// Which issues a step shows yet: those of fields that somebody has left, and all once they wanted to go on.
import { useCallback, useState } from "../../host.js";
import { issuesAt } from "./steps.js";

export function useFieldIssues(issues, isShown) {
  const [touched, setTouched] = useState(new Set());
  const onBlur = useCallback((event) => {
    const { name } = event.target;
    if (name) setTouched((all) => (all.has(name) ? all : new Set([...all, name])));
  }, []);
  const at = (path, missing = null) => {
    const found = isShown || touched.has(path) ? issuesAt(issues, path) : [];
    return missing && found.some((issue) => issue.what.endsWith("is missing")) ? [{ what: missing, remedy: "" }] : found;
  };
  return { at, onBlur };
}

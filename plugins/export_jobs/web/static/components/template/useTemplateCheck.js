// What the server tells of a template: its columns, and what a job may choose of it.
import { call } from "../../api.js";
import { definitionOf } from "./offers.js";
import { useEffect, useState } from "../../host.js";

export function useTemplateCheck(template) {
  const [state, setState] = useState({ told: null, error: null });
  const body = JSON.stringify(definitionOf(template));
  useEffect(() => {
    const control = new AbortController();
    call("templates/check", { method: "POST", body: JSON.parse(body), signal: control.signal })
      .then((told) => setState({ told, error: null }))
      .catch((error) => error.name !== "AbortError" && setState({ told: null, error }));
    return () => control.abort();
  }, [body]);
  return state;
}

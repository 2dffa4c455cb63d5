// What the server tells of a template: its columns, and what a job may choose of it.
import { call } from "../../api.js";
import { useEffect, useState } from "../../host.js";

export function useTemplateCheck({ name, kind, description, fact, columns, kpis, dimensions }) {
  const [state, setState] = useState({ told: null, error: null });
  const body = JSON.stringify({ name, kind, description, ...(fact ? { fact } : {}), columns: columns ?? [], kpis: kpis ?? [], dimensions: dimensions ?? [] });
  useEffect(() => {
    const control = new AbortController();
    call("templates/check", { method: "POST", body: JSON.parse(body), signal: control.signal })
      .then((told) => setState({ told, error: null }))
      .catch((error) => error.name !== "AbortError" && setState({ told: null, error }));
    return () => control.abort();
  }, [body]);
  return state;
}

// The first rows of a file for chosen days, and the SQL that reads them.
import { call, withoutBlanks } from "../../api.js";
import { addDays, dayOf, lastDay, startOfDay } from "../../days.js";
import { days, plural } from "../../format.js";
import { Chakra, html, useCallback, useEffect, useRef, useState } from "../../host.js";
import { CopyButton } from "../CopyButton.js";
import { Problem } from "../Notice.js";
import { Table } from "../Table.js";
import { useDebounced } from "../useDebounced.js";

// The bounds are midnights in the job's zone.
/** @param {Props.PreviewDays} props */
function PreviewDays({ first, last, zone, onChange }) {
  const [from, setFrom] = useState(first);
  const [until, setUntil] = useState(last);
  useEffect(() => setFrom(first), [first]);
  useEffect(() => setUntil(last), [last]);
  const put = (/** @type {string} */ start, /** @type {string} */ end) => {
    setFrom(start);
    setUntil(end);
    if (!start || !end || start > end) return;
    onChange({ start: startOfDay(start, zone), end: startOfDay(addDays(end, 1), zone) });
  };
  const day = (
    /** @type {string} */ label,
    /** @type {string} */ value,
    /** @type {(day: string) => void} */ change,
  ) => html`<${Chakra.HStack} as="label" gap=${2} fontSize="sm" whiteSpace="nowrap">
    ${label}<${Chakra.Input} type="date" size="xs" width="9rem" value=${value}
      onChange=${(event) => change(event.target.value)} />
  <//>`;
  return html`<${Chakra.HStack} gap=${3} wrap="wrap">
    ${day("Data from", from, (start) => put(start, until < start ? start : until))}
    ${day("to", until, (end) => put(from > end ? end : from, end))}
  <//>`;
}

const ROWS = 20;
const NUMBERS = new Set(["integer", "number"]);

// Earlier rows stay until the next ones arrive.
/** @param {object} body */
function usePreview(body) {
  const [state, setState] = useState(/** @type {Page.PreviewResult} */ ({ answer: null, error: null, isBusy: true }));
  const running = useRef(/** @type {AbortController | null} */ (null));
  const json = JSON.stringify(body);
  const load = useCallback(async () => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    setState((before) => ({ ...before, isBusy: true }));
    try {
      const answer = await call("preview", { method: "POST", body: JSON.parse(json), signal: control.signal });
      setState({ answer, error: null, isBusy: false });
    } catch (error) {
      if (error.name !== "AbortError") setState((before) => ({ ...before, error, isBusy: false }));
    }
  }, [json]);
  useEffect(() => {
    load();
    return () => running.current?.abort();
  }, [load]);
  return { ...state, load };
}

/** @param {Props.Preview} props */
export function Preview({ template, use = null, schedule = null, file = null }) {
  const zone = schedule?.time_zone ?? "UTC";
  const [window, setWindow] = useState(/** @type {Api.Window | null} */ (null));
  const filled = schedule && withoutBlanks(schedule);
  const body = useDebounced(withoutBlanks({ template, rows: ROWS, use, schedule: filled, file, window }));
  const { answer, error, isBusy, load } = usePreview(body);
  const shown = window ?? answer?.window;
  const isTable = template.kind === "dimension";
  const scope = answer && !isTable ? ` of ${days(answer.window, zone)}` : "";
  return html`<${Chakra.Stack} gap=${3} aria-busy=${isBusy}>
    ${!isTable && shown && html`<${PreviewDays} first=${dayOf(shown.start, zone)} last=${lastDay(shown.end, zone)}
      zone=${zone} onChange=${setWindow} />`}
    ${error && html`<${Problem} error=${error} onRetry=${error.status === 422 ? null : load} />`}
    ${!answer && !error && html`<${Chakra.Skeleton} height=${40} />`}
    ${answer && !error && html`
      ${answer.empty_window && html`<${Chakra.Text} fontSize="xs" color="fg.muted">
        There are no rows for ${days(answer.empty_window, zone)}. These are the newest rows before that.<//>`}
      <${Rows} answer=${answer} isBusy=${isBusy} scope=${scope} /><${Sql} text=${answer.sql} />`}
  <//>`;
}

/** @param {Props.PreviewRows} props */
function Rows({ answer: { columns, rows, truncated }, isBusy, scope }) {
  if (rows.length === 0) {
    return html`<${Chakra.Text} fontSize="sm" color="fg.muted" role="status">There are no rows${scope}.<//>`;
  }
  const count = plural(rows.length, "row") + scope;
  const styles = columns.map(({ type }) => ({ whiteSpace: "nowrap", textAlign: NUMBERS.has(type) ? "end" : "start" }));
  const headings = columns.map(({ name }, index) => ({ words: name, ...styles[index] }));
  const cell = (/** @type {string | null} */ text, /** @type {number} */ index) => html`<${Chakra.Table.Cell}
    key=${index} fontVariantNumeric="tabular-nums" ...${styles[index]}>
    ${text ?? html`<${Chakra.Text} as="span" color="fg.muted">empty<//>`}<//>`;
  const lines = rows.map((row, line) => html`<${Chakra.Table.Row} key=${line}>${row.map(cell)}<//>`);
  return html`<${Chakra.Box} opacity=${isBusy ? 0.6 : 1}>
    <${Chakra.Text} fontSize="xs" color="fg.muted" pb=${1} role="status">
      ${truncated ? `The first ${count}. There are more.` : `All ${count}.`}<//>
    <${Table} headings=${headings} rows=${lines} maxH="20rem" tabIndex=${0} role="region" aria-label="First rows" />
  <//>`;
}

/** @param {Props.Sql} props */
function Sql({ text }) {
  return html`<${Chakra.Box} as="details" fontSize="sm">
    <${Chakra.Box} as="summary" cursor="pointer" color="fg.muted">SQL<//>
    <${Chakra.Box} position="relative" mt=${2}>
      <${Chakra.Box} position="absolute" top=${1} insetEnd=${1}><${CopyButton} text=${text} label="Copy the SQL" /><//>
      <${Chakra.Box} as="pre" bg="bg.subtle" borderRadius="md" p=${3} pe=${10} maxH="20rem" overflow="auto"
        fontSize="xs" tabIndex=${0}>${text}<//>
    <//>
  <//>`;
}

// The first rows of a file as it will be, for days that somebody chooses, and the SQL that reads them.
import { call } from "../../api.js";
import { dayOf } from "../../days.js";
import { days, plural } from "../../format.js";
import { Chakra, html, useCallback, useEffect, useRef, useState } from "../../host.js";
import { CopyButton } from "../CopyButton.js";
import { Problem } from "../Problem.js";
import { useDebounced } from "../useDebounced.js";
import { PreviewDays } from "./PreviewDays.js";

const ROWS = 20;
const NUMBERS = new Set(["integer", "number"]);

function useRows(body) {
  const [state, setState] = useState({ answer: null, error: null, isBusy: true });
  const running = useRef(null);
  const key = JSON.stringify(body);
  const load = useCallback(async () => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    setState((before) => ({ ...before, isBusy: true }));
    try {
      const answer = await call("preview", { method: "POST", body: JSON.parse(key), signal: control.signal });
      setState({ answer, error: null, isBusy: false });
    } catch (error) {
      if (error.name !== "AbortError") setState((before) => ({ ...before, error, isBusy: false }));
    }
  }, [key]);
  useEffect(() => {
    load();
    return () => running.current?.abort();
  }, [load]);
  return { ...state, load };
}

export function Preview({ template, use = null, schedule = null, file = null }) {
  const zone = schedule?.time_zone ?? "UTC";
  const [window, setWindow] = useState(null);
  const body = useDebounced({
    template,
    rows: ROWS,
    ...(use ? { use } : {}),
    ...(schedule ? { schedule: filled(schedule) } : {}),
    ...(file ? { file } : {}),
    ...(window ? { window } : {}),
  });
  const { answer, error, isBusy, load } = useRows(body);
  const shown = window ?? answer?.window;
  const isWhole = template.kind === "dimension";
  return html`<${Chakra.Stack} gap=${3} aria-busy=${isBusy}>
    ${!isWhole && shown && html`<${PreviewDays} first=${dayOf(shown.start, zone)} last=${dayOf(new Date(shown.end).getTime() - 1, zone)}
      zone=${zone} onChange=${setWindow} />`}
    ${error && html`<${Problem} error=${error} onRetry=${error.status === 422 ? null : load} />`}
    ${!answer && !error && html`<${Chakra.Skeleton} height=${40} />`}
    ${answer && !error && html`<${Rows} answer=${answer} isBusy=${isBusy} words=${isWhole ? "" : ` of ${days(answer.window, zone)}`} />`}
    ${answer && !error && html`<${Sql} text=${answer.sql} />`}
  <//>`;
}

function Rows({ answer: { columns, rows, truncated }, isBusy, words }) {
  const numeric = columns.map(({ type }) => NUMBERS.has(type));
  if (rows.length === 0) return html`<${Chakra.Text} fontSize="sm" color="fg.muted" role="status">There are no rows${words}.<//>`;
  return html`<${Chakra.Box} opacity=${isBusy ? 0.6 : 1}>
    <${Chakra.Text} fontSize="xs" color="fg.muted" pb=${1} role="status">
      ${truncated ? `The first ${plural(rows.length, "row")}${words}; there are more.` : `${plural(rows.length, "row")}${words}, all there are.`}<//>
    <${Chakra.Table.ScrollArea} borderWidth="1px" borderRadius="md" maxH="20rem" tabIndex=${0} role="region" aria-label="First rows">
      <${Chakra.Table.Root} size="sm" stickyHeader>
        <${Chakra.Table.Header}><${Chakra.Table.Row}>
          ${columns.map(({ name }, index) => html`<${Chakra.Table.ColumnHeader} key=${index} scope="col" whiteSpace="nowrap"
            textAlign=${numeric[index] ? "end" : "start"}>${name}<//>`)}
        <//><//>
        <${Chakra.Table.Body}>
          ${rows.map((row, line) => html`<${Chakra.Table.Row} key=${line}>
            ${row.map((cell, index) => html`<${Chakra.Table.Cell} key=${index} whiteSpace="nowrap" fontVariantNumeric="tabular-nums"
              textAlign=${numeric[index] ? "end" : "start"}>${cell ?? html`<${Chakra.Text} as="span" color="fg.muted">empty<//>`}<//>`)}
          <//>`)}
        <//>
      <//>
    <//>
  <//>`;
}

function Sql({ text }) {
  return html`<${Chakra.Box} as="details" fontSize="sm">
    <${Chakra.Box} as="summary" cursor="pointer" color="fg.muted">SQL<//>
    <${Chakra.Box} position="relative" mt=${2}>
      <${Chakra.Box} position="absolute" top=${1} insetEnd=${1}><${CopyButton} text=${text} label="Copy the SQL" /><//>
      <${Chakra.Box} as="pre" bg="bg.subtle" borderRadius="md" p=${3} pe=${10} maxH="20rem" overflow="auto" fontSize="xs" tabIndex=${0}>${text}<//>
    <//>
  <//>`;
}

const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== null));

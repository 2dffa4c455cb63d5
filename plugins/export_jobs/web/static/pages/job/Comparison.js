// A comparison of two deliveries of a template: a revision and what it replaced, or two windows. Nothing is requested
// until the section is opened.
import { Checkbox } from "../../components/Checkbox.js";
import { Field, Select } from "../../components/Field.js";
import { Section } from "../../components/layout.js";
import { Problem } from "../../components/Notice.js";
import { RowHeading, Table } from "../../components/Table.js";
import { Chakra, html, useState } from "../../host.js";
import { useAnswer } from "../../useAnswer.js";
import { comparedLines, deliveryText, firstPair } from "./comparing.js";

const MOST = 400;
const HEADINGS = [
  { words: "Column" },
  { words: html`<${Chakra.VisuallyHidden}>Number<//>` },
  { words: "Before", textAlign: "end" },
  { words: "After", textAlign: "end" },
  { words: "Difference", textAlign: "end" },
];
/** @type {Record<Api.DeliveryComparison["numbers"], string>} */
const WHY_NONE = {
  kept: "",
  "not kept": "Sum, minimum, maximum and empty cells are unknown for a CSV of more than 16 MiB, "
    + "and for files from releases that did not keep these numbers.",
  "not yours": "You see sum, minimum, maximum and empty cells only if you may read the XComs of this job's Dag.",
};

/** @param {Props.JobTab} props */
export function Comparison({ view: { job, requested } }) {
  const [isOpen, setOpen] = useState(false);
  if (job.templates.length === 0) return null;
  const button = html`<${Chakra.Button} size="xs" variant="outline" aria-expanded=${isOpen}
    onClick=${() => setOpen(!isOpen)}>${isOpen ? "Close" : "Compare…"}<//>`;
  return html`<${Section} title="Compare two deliveries" action=${button}>
    ${isOpen
      ? html`<${Chosen} path=${requested} names=${job.templates.map(({ name }) => name)} />`
      : html`<${Chakra.Text} fontSize="sm" color="fg.muted">
          See what a rerun changed, or how a window differs from the one before.<//>`}
  <//>`;
}

/** @param {Props.ComparedTemplates} props */
function Chosen({ path, names }) {
  const [template, setTemplate] = useState(names[0]);
  const [pair, setPair] = useState(/** @type {[number, number] | null} */ (null));
  const list = useAnswer(path && /** @type {const} */ (`${path}/deliveries`), { template, limit: MOST });
  const deliveries = list.data?.deliveries ?? [];
  const [before, after] = pair ?? firstPair(deliveries) ?? [0, 0];
  const options = deliveries.map((one) => [String(one.id), deliveryText(one)]);
  const choose = (/** @type {string} */ name) => {
    setTemplate(name);
    setPair(null);
  };
  return html`<${Chakra.Stack} gap=${4}>
    ${list.error && html`<${Problem} error=${list.error} onRetry=${list.reload} />`}
    <${Chakra.SimpleGrid} columns=${{ base: 1, md: names.length > 1 ? 3 : 2 }} gap=${3}>
      ${names.length > 1 && html`<${Field} label="Template">
        <${Select} value=${template} options=${names.map((name) => [name, name])} onChange=${choose} /><//>`}
      <${Field} label="Before"><${Select} value=${String(before || "")} options=${options}
        onChange=${(/** @type {string} */ id) => setPair([Number(id), after])} /><//>
      <${Field} label="After"><${Select} value=${String(after || "")} options=${options}
        onChange=${(/** @type {string} */ id) => setPair([before, Number(id)])} /><//>
    <//>
    ${list.data && before === 0 && html`<${Chakra.Text} fontSize="sm" color="fg.muted">
      You can compare deliveries once this template has been delivered twice.<//>`}
    ${before > 0 && html`<${Differences} path=${path} before=${before} after=${after} />`}
  <//>`;
}

/** @param {Props.Differences} props */
function Differences({ path, before, after }) {
  const [isAll, setAll] = useState(false);
  const { data, error, reload } = useAnswer(path && /** @type {const} */ (`${path}/comparison`), { before, after });
  if (error) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (!data) return html`<${Chakra.Skeleton} height="8rem" aria-label="Loading" />`;
  const rows = comparedLines(data, isAll).map((line) => html`<${Chakra.Table.Row} key=${line.key}>
    <${RowHeading} minW="8rem" whiteSpace="normal" wordBreak="break-word" verticalAlign="top">
      ${line.isFirst ? line.column : html`<${Chakra.VisuallyHidden}>${line.column}<//>`}
      ${line.note && html`<${Chakra.Text} fontSize="xs" color="fg.muted">${line.note}<//>`}
    <//>
    <${Chakra.Table.Cell} color="fg.muted" verticalAlign="top">${line.what}<//>
    ${[line.before, line.after, line.change].map((text, index) => html`<${Chakra.Table.Cell} key=${index}
      textAlign="end" verticalAlign="top" fontVariantNumeric="tabular-nums"
      color=${line.isSame ? "fg.muted" : undefined}>${text}<//>`)}
  <//>`);
  return html`<${Chakra.Stack} gap=${3}>
    <${Checkbox} checked=${isAll} onChange=${setAll}>Also show unchanged values<//>
    <${Table} label="Differences" headings=${HEADINGS} rows=${rows} maxH="28rem" tabIndex=${0}
      role="region" aria-label="Differences" />
    <${Chakra.Text} fontSize="xs" color="fg.muted">
      ${data.is_same_file ? "The files are identical, byte for byte. " : ""}${WHY_NONE[data.numbers]}<//>
  <//>`;
}

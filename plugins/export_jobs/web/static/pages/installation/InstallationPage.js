// The checks of `export-jobs doctor` on the API server, for people who manage Airflow's connections.
import { PageHeader } from "../../components/layout.js";
import { Notice, Problem } from "../../components/Notice.js";
import { RowHeading, Table } from "../../components/Table.js";
import { capital, number } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { expiryText, fingerprintText } from "../../keys.js";
import { listPath } from "../../paths.js";
import { useAnswer } from "../../useAnswer.js";

const OUTCOMES = {
  ok: { words: "Works", palette: "success" },
  warning: { words: "Warning", palette: "warning" },
  failed: { words: "Fails", palette: "error" },
};
const HEADINGS = [
  { words: "Check", width: { base: "6.5rem", md: "16rem" } }, { words: "State", width: "5.5rem" }, { words: "Result" },
];

/** @param {Api.InstallationCheck} check */
const row = ({ subject, outcome, what, remedy }) => html`<${Chakra.Table.Row} key=${`${subject} ${what}`}>
  <${RowHeading} wordBreak="break-word">${subject}<//>
  <${Chakra.Table.Cell}>
    <${Chakra.Badge} colorPalette=${OUTCOMES[outcome].palette}>${OUTCOMES[outcome].words}<//>
  <//>
  <${Chakra.Table.Cell} wordBreak="break-word">
    ${what}.${remedy && html` <strong>${remedy}.</strong>`}
  <//>
<//>`;

const KEY_HEADINGS = [{ words: "Key" }, { words: "Expiry" }, { words: "Jobs" }, { words: "Fingerprint" }];

/** @param {Api.KeyEntry} key */
const keyRow = (key) => html`<${Chakra.Table.Row} key=${key.tag}>
  <${RowHeading}>${key.tag}<${Chakra.Text} fontSize="xs" color="fg.muted">${key.user_id}<//><//>
  <${Chakra.Table.Cell}>${capital(expiryText(key))}<//>
  <${Chakra.Table.Cell}>${number(key.jobs)}<//>
  <${Chakra.Table.Cell} fontFamily="mono" fontSize="xs">${fingerprintText(key.fingerprint)}<//>
<//>`;

export function InstallationPage() {
  const { data, error, reload } = useAnswer("installation");
  const keys = useAnswer("keys");
  const again = html`<${Chakra.Button} size="sm" variant="outline" onClick=${reload}>Check again<//>`;
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${[["Export Schedules", listPath()]]} title="Installation" actions=${again} />
    ${error && html`<${Problem} error=${error} onRetry=${reload} />`}
    ${data && (data.ok
      ? html`<${Notice} status="success">Everything that exports need works.<//>`
      : html`<${Notice} status="error">
          Something that exports need does not work. Each failed check says what to do.<//>`)}
    <${Table} label="Checks of the installation" headings=${HEADINGS} rows=${data?.checks.map(row)}
      isFixed />
    ${keys.data && keys.data.keys.length > 0 && html`
      <${Chakra.Heading} as="h2" size="md" pt=${4}>Receivers' keys<//>
      <${Table} label="Receivers' keys" headings=${KEY_HEADINGS} rows=${keys.data.keys.map(keyRow)}
        whiteSpace="normal" />`}
  <//>`;
}

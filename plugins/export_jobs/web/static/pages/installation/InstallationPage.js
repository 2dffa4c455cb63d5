// What `export-jobs doctor` says, seen from the API server: for those who look after Airflow's connections.
import { PageHeader } from "../../components/layout.js";
import { Notice, Problem } from "../../components/Notice.js";
import { RowHeading, Table } from "../../components/Table.js";
import { Chakra, html } from "../../host.js";
import { listPath } from "../../paths.js";
import { useAnswer } from "../../useAnswer.js";

const OUTCOMES = {
  ok: { words: "Works", palette: "success" },
  warning: { words: "Look at this", palette: "warning" },
  failed: { words: "Fails", palette: "error" },
};
const HEADINGS = [{ words: "What" }, { words: "State" }, { words: "Found" }];

/** @param {Api.InstallationCheck} check */
const row = ({ subject, outcome, what, remedy }) => html`<${Chakra.Table.Row} key=${`${subject} ${what}`}>
  <${RowHeading} whiteSpace="nowrap">${subject}<//>
  <${Chakra.Table.Cell}>
    <${Chakra.Badge} colorPalette=${OUTCOMES[outcome].palette}>${OUTCOMES[outcome].words}<//>
  <//>
  <${Chakra.Table.Cell} wordBreak="break-word">
    ${what}.${remedy && html` <strong>${remedy}.</strong>`}
  <//>
<//>`;

export function InstallationPage() {
  const { data, error, reload } = useAnswer("installation");
  const again = html`<${Chakra.Button} size="sm" variant="outline" onClick=${reload}>Check again<//>`;
  return html`<${Chakra.Stack} gap=${4}>
    <${PageHeader} up=${[["Export Schedules", listPath()]]} title="Installation" actions=${again} />
    ${error && html`<${Problem} error=${error} onRetry=${reload} />`}
    ${data && (data.ok
      ? html`<${Notice} status="success">Everything that exports need works.<//>`
      : html`<${Notice} status="error">Something that exports need does not work. Each line says what to do.<//>`)}
    <${Table} label="Checks of the installation" headings=${HEADINGS} rows=${data?.checks.map(row)} />
  <//>`;
}

// Why a job cannot deliver, where everybody sees it: what is wrong, and the remedy.
import { sentence } from "../../components/Field.js";
import { Chakra, Router, html } from "../../host.js";
import { jobPath } from "../../paths.js";

export function Standing({ job }) {
  const broken = job.issues.filter((issue) => issue.level !== "warning");
  const warnings = job.issues.filter((issue) => issue.level === "warning");
  const isStopped = broken.length > 0 || (job.state === "unable_to_execute" && job.reason);
  if (!isStopped && warnings.length === 0) return null;
  return html`<${Chakra.Stack} gap=${3}>
    ${isStopped && html`<${Chakra.Alert.Root} status="error" variant="surface">
      <${Chakra.Alert.Indicator} />
      <${Chakra.Alert.Content}>
        <${Chakra.Alert.Title}>${broken.length > 0 ? "The definition does not hold, so nothing is delivered" : "Unable to execute"}<//>
        <${Chakra.Alert.Description} wordBreak="break-word">
          ${broken.length > 0
            ? html`<${Chakra.List.Root} ps=${4}>
                ${broken.map((issue, index) => html`<${Chakra.List.Item} key=${index}>${sentence(issue)}<//>`)}
              <//>`
            : html`${job.reason} ${" "}<${Chakra.Link} asChild textDecoration="underline" color="inherit">
                <${Router.Link} to=${jobPath(job.dag_id, "log")}>See the execution log<//>
              <//>`}
        <//>
      <//>
    <//>`}
    ${warnings.length > 0 && html`<${Chakra.Alert.Root} status="warning" variant="surface">
      <${Chakra.Alert.Indicator} />
      <${Chakra.Alert.Description}>${warnings.map((issue, index) => html`<div key=${index}>${sentence(issue)}</div>`)}<//>
    <//>`}
  <//>`;
}

// The whole job in short, to be read once more before it is created.
import { Facts } from "../../components/Facts.js";
import { Section } from "../../components/Section.js";
import { sentence } from "../../components/Field.js";
import { Chakra, html } from "../../host.js";
import { fileText } from "./FileFields.js";
import { told } from "./ModifyStep.js";
import { isError } from "./steps.js";

export function Summary({ draft, check }) {
  const warnings = check.issues.filter((issue) => !isError(issue));
  const files = html`<${Chakra.Stack} as="ul" listStyleType="none" gap=${1}>
    ${draft.templates.map((use) => html`<li key=${use.template}><strong>${use.template}</strong>: ${told(use)}</li>`)}
  <//>`;
  const facts = [
    ["Name", draft.name],
    ["Description", draft.description],
    ["Schedule", check.schedule_text && `${check.schedule_text}.`],
    ["First delivery", check.first_delivery && `${check.first_delivery}.`],
    ["Files", files],
    ["Written as", fileText(draft.file)],
    ["Destination", draft.destination],
    ["Recipients", draft.recipients.join(", ") || "Nobody gets a mail"],
    ["Owner", draft.owner],
  ];
  return html`<${Section} title="Summary">
    <${Facts} facts=${facts} />
    ${warnings.map((issue, index) => html`<${Chakra.Alert.Root} key=${index} status="warning" variant="surface" size="sm" mt=${3}>
      <${Chakra.Alert.Indicator} /><${Chakra.Alert.Description}>${sentence(issue)}<//>
    <//>`)}
  <//>`;
}

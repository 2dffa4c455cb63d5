// Step 3: adjust each file and the file options, with the next windows and a summary.
import { CalendarPicture } from "../../components/CalendarPicture.js";
import { Facts, Section } from "../../components/layout.js";
import { Notice } from "../../components/Notice.js";
import { definitionOf } from "../../components/template/offers.js";
import { Preview } from "../../components/template/Preview.js";
import { TestFileDialog } from "../../components/TestFileDialog.js";
import { UseEditor } from "../../components/use/UseEditor.js";
import { Chakra, html, useState } from "../../host.js";
import { isError, issuesAt, issuesBelow, sentence } from "../../issues.js";
import { bodyOf, destinationText, fileText, templateUseText } from "./draft.js";
import { FileFields } from "./FileFields.js";

// The whole job in short, to be checked before it is created.
/** @param {Props.Summary} props */
function Summary({ draft, check }) {
  const warnings = check.issues.filter((issue) => !isError(issue));
  const [isTrying, setTrying] = useState(false);
  const tryIt = html`<${Chakra.Button} size="xs" variant="outline" onClick=${() => setTrying(true)}>
    Get a test file…<//>`;
  const files = html`<${Chakra.Stack} as="ul" listStyleType="none" gap=${1}>
    ${draft.templates.map(
      (use) => html`<li key=${use.template}><strong>${use.template}</strong>: ${templateUseText(use)}</li>`,
    )}
  <//>`;
  const facts = [
    ["Name", draft.name],
    ["Description", draft.description],
    ["Schedule", check.schedule_text && `${check.schedule_text}.`],
    ["First delivery", check.first_delivery && `${check.first_delivery}.`],
    ["Files", files],
    ["File names", check.file_names.length > 0 && html`<${Chakra.Stack} as="ul" listStyleType="none" gap=${0.5}>
      ${check.file_names.map((name) => html`<${Chakra.Box} as="li" key=${name} fontFamily="mono" fontSize="xs"
        wordBreak="break-all">${name}<//>`)}<//>`],
    ["File options", fileText(draft.file)],
    ["Destination", destinationText(draft)],
    ["Recipients", draft.recipients.join(", ") || "Nobody gets a mail"],
    ["Owner", draft.owner],
  ];
  return html`<${Section} title="Summary" action=${tryIt}>
    <${Facts} facts=${facts} />
    ${warnings.map(
      (issue, index) => html`<${Notice} key=${index} status="warning" size="sm" mt=${3}>${sentence(issue)}<//>`,
    )}
    ${isTrying && html`<${TestFileDialog} path="test-file" body=${{ job: bodyOf(draft) }}
      templates=${draft.templates.map(({ template }) => template)} destination=${destinationText(draft)}
      isEncrypted=${Boolean(draft.file.encryption)} onClose=${() => setTrying(false)} />`}
  <//>`;
}

/** @param {Props.Step} props */
export function ModifyStep({ draft, change, check, templates }) {
  const known = new Map([...templates, ...draft.new_templates].map((template) => [template.name, template]));
  const put = (/** @type {number} */ at, /** @type {Page.TemplateUse} */ use) =>
    change((before) => ({ templates: before.templates.map((other, index) => (index === at ? use : other)) }));
  return html`<${Chakra.Stack} gap=${4}>
    ${draft.templates.map(
      (use, index) => html`<${FileSection} key=${use.template} use=${use} template=${known.get(use.template)}
        draft=${draft}
        issues=${issuesBelow(check.issues, `templates[${index}]`)} isAlone=${draft.templates.length === 1}
        onChange=${(changed) => put(index, changed)} />`,
    )}
    <${FileFields} file=${draft.file} issues=${issuesAt(check.issues, "file")} example=${check.file_names.join(", ")}
      onChange=${(file) => change({ file })} />
    <${Section} title="Upcoming deliveries">
      <${CalendarPicture} windows=${check.windows} count=${check.count} zone=${draft.schedule.time_zone} />
    <//>
    <${Summary} draft=${draft} check=${check} />
  <//>`;
}

/** @param {Props.FileSection} props */
function FileSection({ use, template, draft, issues, isAlone, onChange }) {
  const [isOpen, setOpen] = useState(isAlone);
  const [isPreviewed, setPreviewed] = useState(false);
  const errors = issues.filter(isError);
  const toggle = html`<${Chakra.Button} size="xs" variant="outline" aria-expanded=${isOpen}
    aria-label=${`Adjust ${use.template}`} onClick=${() => setOpen(!isOpen)}>${isOpen ? "Close" : "Adjust"}<//>`;
  if (!template) {
    return html`<${Section} title=${use.template}>This template no longer exists. Go back and choose another one.<//>`;
  }
  return html`<${Section} title=${use.template} action=${toggle}>
    ${!isOpen && html`<${Chakra.Text} fontSize="sm" color=${errors.length > 0 ? "red.fg" : "fg.muted"}>
      ${errors.length > 0 ? errors.map(sentence).join(" ") : templateUseText(use)}<//>`}
    ${isOpen && html`<${Chakra.Stack} gap=${4}>
      <${UseEditor} use=${use} template=${template} issues=${issues} onChange=${onChange} />
      <${Chakra.Box}>
        <${Chakra.Button} size="xs" variant="outline" aria-expanded=${isPreviewed}
          onClick=${() => setPreviewed(!isPreviewed)}>
          ${isPreviewed ? "Hide preview" : "Preview this file"}<//>
      <//>
      ${isPreviewed && html`<${Preview} template=${definitionOf(template)} use=${use} schedule=${draft.schedule}
        file=${draft.file} />`}
    <//>`}
  <//>`;
}

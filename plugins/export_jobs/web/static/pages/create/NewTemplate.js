// A template that is created with the job. Both are saved together, or neither.
import { call } from "../../api.js";
import { Dialog } from "../../components/Dialog.js";
import { Problem } from "../../components/Notice.js";
import { BLANK_TEMPLATE, bodyOf, definitionOf } from "../../components/template/offers.js";
import { TemplateBuilder } from "../../components/template/TemplateBuilder.js";
import { useAction } from "../../components/useAction.js";
import { Chakra, html, useState } from "../../host.js";
import { isError, issuesBelow } from "../../issues.js";

const TAKEN = { path: "name", what: "another new template of this job has this name", remedy: "Choose another name" };

/** @param {Props.NewTemplate} props */
export function NewTemplate({ index, draft, change, check, catalogue, onClose }) {
  const old = index === null ? null : draft.new_templates[index];
  const [template, setTemplate] = useState(old ?? BLANK_TEMPLATE);
  const [issues, setIssues] = useState(old ? issuesBelow(check.issues, `new_templates[${index}]`) : []);
  const others = draft.new_templates.filter((_, place) => place !== index).map(({ name }) => name);

  const { isBusy, error, run: save } = useAction(async () => {
    const answer = await call("templates/check", { method: "POST", body: bodyOf(template) });
    const errors = [...answer.issues.filter(isError), ...(others.includes(template.name) ? [TAKEN] : [])];
    setIssues(errors);
    if (errors.length === 0) keep({ ...definitionOf(template), file_columns: answer.file_columns });
  });
  const keep = (/** @type {Page.NewTemplate} */ saved) => {
    const use = { template: saved.name };
    change(({ new_templates, templates }) => ({
      new_templates: old
        ? new_templates.map((other, place) => (place === index ? saved : other))
        : [...new_templates, saved],
      // Chosen columns may no longer exist, so an edited template is used with all columns again.
      templates: old ? templates.map((other) => (other.template === old.name ? use : other)) : [...templates, use],
    }));
    onClose();
  };
  const remove = () => {
    change(({ new_templates, templates }) => ({
      new_templates: new_templates.filter((_, place) => place !== index),
      templates: templates.filter((use) => use.template !== old?.name),
    }));
    onClose();
  };
  const footer = html`
    ${old && html`<${Chakra.Button} variant="ghost" color="red.fg" me="auto" onClick=${remove}>Remove<//>`}
    <${Chakra.Button} variant="outline" onClick=${onClose}>Cancel<//>
    <${Chakra.Button} colorPalette="brand" loading=${isBusy} onClick=${save}>${old ? "Save" : "Add to this job"}<//>`;
  return html`<${Dialog} size="xl" closeOnInteractOutside=${false} title=${old ? `Edit ${old.name}` : "New template"}
    footer=${footer} onClose=${onClose}>
    <${TemplateBuilder} value=${template} onChange=${setTemplate} catalogue=${catalogue} issues=${issues}
      schedule=${draft.schedule} />
    ${error && html`<${Problem} error=${error} />`}
  <//>`;
}

// A template that is made with the job; it is saved together with it, or not at all.
import { call } from "../../api.js";
import { Problem } from "../../components/Problem.js";
import { TemplateBuilder } from "../../components/template/TemplateBuilder.js";
import { BLANK_TEMPLATE, bodyOfTemplate, definitionOf } from "../../components/template/offers.js";
import { Chakra, html, useState } from "../../host.js";
import { isError, issuesBelow } from "./steps.js";

const TAKEN = { path: "name", what: "another new template of this job has that name", remedy: "Choose another name" };

export function NewTemplate({ index, draft, change, check, catalogue, onClose }) {
  const old = index === null ? null : draft.new_templates[index];
  const [template, setTemplate] = useState(old ?? BLANK_TEMPLATE);
  const [issues, setIssues] = useState(old ? issuesBelow(check.issues, `new_templates[${index}]`) : []);
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const others = draft.new_templates.filter((_, place) => place !== index).map(({ name }) => name);

  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      const told = await call("templates/check", { method: "POST", body: bodyOfTemplate(template) });
      const wrong = [...told.issues.filter(isError), ...(others.includes(template.name) ? [TAKEN] : [])];
      setIssues(wrong);
      if (wrong.length === 0) keep({ ...definitionOf(template), file_columns: told.file_columns });
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const keep = (made) => {
    change(({ new_templates, templates }) => ({
      new_templates: old ? new_templates.map((one, place) => (place === index ? made : one)) : [...new_templates, made],
      // What was chosen of its columns may be gone, so an edited template is used whole again.
      templates: old ? templates.map((use) => (use.template === old.name ? { template: made.name } : use)) : [...templates, { template: made.name }],
    }));
    onClose();
  };
  const remove = () => {
    change(({ new_templates, templates }) => ({
      new_templates: new_templates.filter((_, place) => place !== index),
      templates: templates.filter((use) => use.template !== old.name),
    }));
    onClose();
  };
  return html`<${Chakra.Dialog.Root} open size="xl" scrollBehavior="inside" onOpenChange=${({ open }) => !open && onClose()}
    closeOnInteractOutside=${false}>
    <${Chakra.Portal}>
      <${Chakra.Dialog.Backdrop} />
      <${Chakra.Dialog.Positioner}>
        <${Chakra.Dialog.Content}>
          <${Chakra.Dialog.Header}><${Chakra.Dialog.Title}>${old ? `Edit ${old.name}` : "New template"}<//><//>
          <${Chakra.Dialog.Body}>
            <${TemplateBuilder} value=${template} onChange=${setTemplate} catalogue=${catalogue} issues=${issues} />
            ${error && html`<${Chakra.Box} pt=${3}><${Problem} error=${error} /><//>`}
          <//>
          <${Chakra.Dialog.Footer}>
            ${old && html`<${Chakra.Button} variant="ghost" color="red.fg" me="auto" onClick=${remove}>Remove<//>`}
            <${Chakra.Button} variant="outline" onClick=${onClose}>Cancel<//>
            <${Chakra.Button} colorPalette="brand" loading=${isBusy} onClick=${save}>${old ? "Keep" : "Add to this job"}<//>
          <//>
        <//>
      <//>
    <//>
  <//>`;
}

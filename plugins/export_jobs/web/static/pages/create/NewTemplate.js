// A template that is made with the job; it is saved together with it, or not at all.
import { TemplateBuilder } from "../../components/template/TemplateBuilder.js";
import { Chakra, html, useState } from "../../host.js";
import { issuesBelow } from "./steps.js";

const BLANK = { name: "", kind: "custom", description: "", columns: [], kpis: [], dimensions: [] };

export function NewTemplate({ index, draft, change, check, catalogue, taken, onClose }) {
  const old = index === null ? null : draft.new_templates[index];
  const [template, setTemplate] = useState(old ?? BLANK);
  const [problem, setProblem] = useState("");
  const others = draft.new_templates.filter((_, place) => place !== index).map(({ name }) => name);

  const save = () => {
    if (!template.name) return setProblem("Give the template a name.");
    if ([...taken, ...others].includes(template.name)) return setProblem(`There is a template ${template.name} already. Choose another name.`);
    change(({ new_templates, templates }) => ({
      new_templates: old ? new_templates.map((one, place) => (place === index ? template : one)) : [...new_templates, template],
      // What was chosen of its columns may be gone, so an edited template is used whole again.
      templates: old ? templates.map((use) => (use.template === old.name ? { template: template.name } : use)) : [...templates, { template: template.name }],
    }));
    return onClose();
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
            <${TemplateBuilder} value=${template} onChange=${setTemplate} catalogue=${catalogue}
              issues=${old ? issuesBelow(check.issues, `new_templates[${index}]`) : []} />
            ${problem && html`<${Chakra.Text} role="alert" color="fg.error" fontSize="sm" pt=${3}>${problem}<//>`}
          <//>
          <${Chakra.Dialog.Footer}>
            ${old && html`<${Chakra.Button} variant="ghost" color="fg.error" me="auto" onClick=${remove}>Remove<//>`}
            <${Chakra.Button} variant="outline" onClick=${onClose}>Cancel<//>
            <${Chakra.Button} colorPalette="brand" onClick=${save}>${old ? "Keep" : "Add to this job"}<//>
          <//>
        <//>
      <//>
    <//>
  <//>`;
}

// A new template, looked at before it is saved; every issue at its field.
import { call, useAnswer } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { Problem } from "../../components/Problem.js";
import { TemplateBuilder } from "../../components/template/TemplateBuilder.js";
import { BLANK_TEMPLATE, bodyOfTemplate } from "../../components/template/offers.js";
import { Chakra, html, useState } from "../../host.js";

export function CreateTemplate({ onClose, onCreated }) {
  const [template, setTemplate] = useState(BLANK_TEMPLATE);
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const { data: catalogue, error: lost } = useAnswer("catalogue");
  const issues = error?.issues ?? [];
  const elsewhere = issues.filter(({ path }) => path === "");
  const change = (value) => {
    setTemplate(value);
    setError(null);
  };
  const create = async () => {
    setBusy(true);
    try {
      const { name } = await call("templates", { method: "POST", body: bodyOfTemplate(template) });
      announce(`Created the template ${name}.`);
      onCreated(name);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return html`<${Chakra.Dialog.Root} open size="xl" scrollBehavior="inside" closeOnInteractOutside=${false} onOpenChange=${({ open }) => !open && onClose()}>
    <${Chakra.Portal}>
      <${Chakra.Dialog.Backdrop} />
      <${Chakra.Dialog.Positioner}>
        <${Chakra.Dialog.Content}>
          <${Chakra.Dialog.Header}><${Chakra.Dialog.Title}>Create a template<//><//>
          <${Chakra.Dialog.Body}>
            ${catalogue
              ? html`<${TemplateBuilder} value=${template} onChange=${change} issues=${issues} catalogue=${catalogue} />`
              : lost
                ? html`<${Problem} error=${lost} />`
                : html`<${Chakra.Skeleton} height=${64} />`}
            ${error && (issues.length === 0 || elsewhere.length > 0) && html`<${Chakra.Box} pt=${3}><${Problem} error=${error} /><//>`}
          <//>
          <${Chakra.Dialog.Footer}>
            <${Chakra.Text} fontSize="xs" color="fg.muted" me="auto">A template cannot be changed later, only deleted while no job uses it.<//>
            <${Chakra.Button} variant="outline" onClick=${onClose}>Cancel<//>
            <${Chakra.Button} colorPalette="brand" loading=${isBusy} onClick=${create}>Create<//>
          <//>
        <//>
      <//>
    <//>
  <//>`;
}

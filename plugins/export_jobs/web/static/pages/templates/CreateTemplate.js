// A new template with a preview; every issue is shown at its field.
import { ApiError, call } from "../../api.js";
import { announce } from "../../components/Announcer.js";
import { Dialog } from "../../components/Dialog.js";
import { Problem } from "../../components/Notice.js";
import { BLANK_TEMPLATE, bodyOf } from "../../components/template/offers.js";
import { TemplateBuilder } from "../../components/template/TemplateBuilder.js";
import { useAction } from "../../components/useAction.js";
import { Chakra, html, useState } from "../../host.js";
import { useAnswer } from "../../useAnswer.js";

/** @param {Props.CreateTemplate} props */
export function CreateTemplate({ onClose, onCreated }) {
  const [template, setTemplate] = useState(BLANK_TEMPLATE);
  const { data: catalogue, error: catalogueError } = useAnswer("catalogue");
  const { isBusy, error, run, clear } = useAction(async () => {
    const { name } = await call("templates", { method: "POST", body: bodyOf(template) });
    announce(`Created the template ${name}.`);
    onCreated(name);
  });
  const issues = error instanceof ApiError ? error.issues : [];
  const isElsewhere = error && (issues.length === 0 || issues.some(({ path }) => path === ""));
  const change = (/** @type {Page.Template} */ value) => {
    setTemplate(value);
    clear();
  };
  const builder = html`<${TemplateBuilder} value=${template} onChange=${change} issues=${issues}
    catalogue=${catalogue} />`;
  const footer = html`
    <${Chakra.Text} fontSize="xs" color="fg.muted" me="auto">
      A template cannot be changed later. It can be deleted while no job uses it.<//>
    <${Chakra.Button} variant="outline" onClick=${onClose}>Cancel<//>
    <${Chakra.Button} colorPalette="brand" loading=${isBusy} onClick=${run}>Create<//>`;
  return html`<${Dialog} size="xl" closeOnInteractOutside=${false} title="Create a template" footer=${footer}
    onClose=${onClose}>
    ${catalogue && builder}
    ${!catalogue && !catalogueError && html`<${Chakra.Skeleton} height=${64} />`}
    ${catalogueError && !catalogue && html`<${Problem} error=${catalogueError} />`}
    ${isElsewhere && html`<${Problem} error=${error} />`}
  <//>`;
}

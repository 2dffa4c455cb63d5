// The View menu of the list: columns, saved views (search, filters and order, as in the address), download as CSV.
import { announce } from "../../components/Announcer.js";
import { TaskDialog } from "../../components/Dialog.js";
import { Field } from "../../components/Field.js";
import { Icon } from "../../components/icons.js";
import { loadPreference, savePreference } from "../../components/preferences.js";
import { plural } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";
import { OPTIONAL } from "./columns.js";
import { saveCsv } from "./csv.js";

const VIEWS = "list-views";
/** @type {Record<string, Partial<Props.Filters>>} */
const NONE = {};

/** @param {Props.ViewMenu} props */
export function ViewMenu({ filters, show, columns, onColumns }) {
  const [views, setViews] = useState(() => loadPreference(VIEWS, NONE));
  const [isNaming, setNaming] = useState(false);
  const put = (/** @type {typeof NONE} */ next) => {
    setViews(next);
    savePreference(VIEWS, next);
  };
  const isShown = (/** @type {string} */ key) => columns === null || columns.includes(key);
  const toggle = (/** @type {string} */ key) =>
    onColumns(OPTIONAL.map((column) => column.key).filter((other) => isShown(other) !== (other === key)));
  const download = async () => {
    try {
      announce(`Saved ${plural(await saveCsv(filters), "schedule")} as a CSV file.`);
    } catch (error) {
      announce(error.message, "error");
    }
  };
  const { search, frequency, status, state, destination, owner, mine, sort } = filters;
  const now = { search, frequency, status, state, destination, owner, mine, sort };
  const forget = (/** @type {string} */ name) =>
    put(Object.fromEntries(Object.entries(views).filter(([other]) => other !== name)));
  const line = (/** @type {string} */ words) => html`<${Chakra.Text} fontSize="xs" color="fg.muted" px=${2} pt=${2}
    pb=${1}>${words}<//>`;
  return html`<${Chakra.Menu.Root} positioning=${{ placement: "bottom-end" }} closeOnSelect=${false}>
    <${Chakra.Menu.Trigger} asChild><${Chakra.Button} size="xs" variant="outline">
      View <${Icon} name="down" size=${12} /><//><//>
    <${Chakra.Portal}><${Chakra.Menu.Positioner}><${Chakra.Menu.Content} minW="15rem">
      ${line("Columns")}
      ${OPTIONAL.map(({ key, heading }) => html`<${Chakra.Menu.CheckboxItem} key=${key} value=${key}
        checked=${isShown(key)} onCheckedChange=${() => toggle(key)}>
        <${Chakra.Menu.ItemIndicator} />${heading}<//>`)}
      ${line("Saved views")}
      ${Object.entries(views).map(([name, saved]) => html`<${Chakra.Menu.Item} key=${name} value=${`view ${name}`}
        closeOnSelect onClick=${() => show({ ...now, ...saved })}>
        <${Chakra.Box} flex="1" minW=${0}><${Chakra.Text} truncate maxW="14rem">${name}<//><//>
        <${Chakra.CloseButton} as="span" size="2xs" role="button" aria-label=${`Delete the view ${name}`}
          onClick=${(/** @type {Event} */ event) => { event.stopPropagation(); forget(name); }} /><//>`)}
      <${Chakra.Menu.Item} value="save" closeOnSelect onClick=${() => setNaming(true)}>Save this view…<//>
      <${Chakra.Menu.Separator} />
      <${Chakra.Menu.Item} value="csv" closeOnSelect onClick=${download}>Download as CSV<//>
    <//><//><//>
    ${isNaming && html`<${NameDialog} onName=${(name) => put({ ...views, [name]: now })}
      onClose=${() => setNaming(false)} />`}
  <//>`;
}

/** @param {Props.NameDialog} props */
function NameDialog({ onName, onClose }) {
  const [name, setName] = useState("");
  const act = async () => onName(name.trim());
  return html`<${TaskDialog} title="Save this view" verb="Save" isReady=${name.trim() !== ""} onAct=${act}
    onClose=${onClose}>
    <${Field} label="Name" required hint="This browser saves the search, filters and order under this name.">
      <${Chakra.Input} size="sm" value=${name} maxLength=${60} onChange=${(event) => setName(event.target.value)} /><//>
  <//>`;
}

// One column: handle, checkbox, name and heading.
import { Chakra, html, useRef } from "../../host.js";
import { sentence } from "../../issues.js";
import { TYPES, wordOf } from "../../words.js";
import { Checkbox } from "../Checkbox.js";
import { Icon } from "../icons.js";

/** @type {Record<string, number>} */
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

/** @param {Props.ColumnRow} props */
export function ColumnRow({ row, index, isLast, issues, onChange, onMove, positionAt }) {
  const isDragging = useRef(false);
  const stop = () => {
    isDragging.current = false;
  };
  const drag = {
    onPointerDown: (/** @type {Page.DragEvent} */ event) => {
      isDragging.current = true;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (/** @type {Page.DragEvent} */ event) => {
      if (!isDragging.current) return;
      const position = positionAt(event.clientY);
      onMove(position > index ? position - 1 : position);
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  };
  const press = (/** @type {Page.KeyEvent} */ event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    onMove(index + STEPS[event.key]);
  };
  const { column, heading, title, type, isChosen } = row;
  return html`<${Chakra.Box} as="li" px=${2} py=${1} borderBottomWidth="1px" _last=${{ borderBottomWidth: 0 }} bg="bg">
    <${Chakra.HStack} gap=${2} wrap=${{ base: "wrap", sm: "nowrap" }}>
      <${Chakra.IconButton} size="2xs" variant="ghost" cursor="grab" touchAction="none"
        aria-label=${`Move ${title}, position ${index + 1}`} onKeyDown=${press} ...${drag}><${Icon} name="grip" /><//>
      <${Checkbox} flex="1 1 12rem" minW=${0} checked=${isChosen} disabled=${isLast}
        onChange=${(checked) => onChange({ isChosen: checked })}>
        <${Chakra.Text} as="span" color=${isChosen ? "fg" : "fg.muted"}>${title}<//>
        <${Chakra.Text} as="span" fontSize="xs" color="fg.muted" ps=${2}>${wordOf(TYPES, type)}<//>
      <//>
      <${Chakra.Input} size="xs" flex="1 1 12rem" value=${heading} placeholder=${column} disabled=${!isChosen}
        maxLength=${200} aria-label=${`Heading of ${title}`} aria-invalid=${issues.length > 0 || undefined}
        onChange=${(event) => onChange({ heading: event.target.value })} />
    <//>
    ${issues.map(
      (issue, place) => html`<${Chakra.Text} key=${place} fontSize="xs" color="red.fg" ps=${8} role="alert">
        ${sentence(issue)}<//>`,
    )}
  <//>`;
}

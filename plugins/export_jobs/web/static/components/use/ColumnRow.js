// One column: handle, tick, name and heading.
import { sentence } from "../Field.js";
import { Icon } from "../icons.js";
import { Chakra, html, useRef } from "../../host.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

export function ColumnRow({ row, index, isLast, issues, onChange, onMove, placeAt }) {
  const isDragged = useRef(false);
  const drag = {
    onPointerDown: (event) => {
      isDragged.current = true;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event) => {
      if (!isDragged.current) return;
      const place = placeAt(event.clientY);
      onMove(place > index ? place - 1 : place);
    },
    onPointerUp: () => (isDragged.current = false),
    onPointerCancel: () => (isDragged.current = false),
  };
  const press = (event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    onMove(index + STEPS[event.key]);
  };
  return html`<${Chakra.Box} as="li" px=${2} py=${1} borderBottomWidth="1px" _last=${{ borderBottomWidth: 0 }} bg="bg">
    <${Chakra.HStack} gap=${2} wrap=${{ base: "wrap", sm: "nowrap" }}>
      <${Chakra.IconButton} size="2xs" variant="ghost" cursor="grab" touchAction="none" aria-label=${`Move ${row.title}, place ${index + 1}`}
        onKeyDown=${press} ...${drag}><${Icon} name="grip" /><//>
      <${Chakra.Checkbox.Root} size="sm" flex="1 1 12rem" minW=${0} checked=${row.isChosen} disabled=${isLast}
        onCheckedChange=${({ checked }) => onChange({ isChosen: checked === true })}>
        <${Chakra.Checkbox.HiddenInput} /><${Chakra.Checkbox.Control} />
        <${Chakra.Checkbox.Label} fontWeight="normal" minW=${0}>
          <${Chakra.Text} as="span" color=${row.isChosen ? "fg" : "fg.muted"}>${row.title}<//>
          <${Chakra.Text} as="span" fontSize="xs" color="fg.muted" ps=${2}>${row.type}<//>
        <//>
      <//>
      <${Chakra.Input} size="xs" flex="1 1 12rem" value=${row.heading} placeholder=${row.column} disabled=${!row.isChosen} maxLength=${200}
        aria-label=${`Heading of ${row.title}`} aria-invalid=${issues.length > 0 || undefined}
        onChange=${(event) => onChange({ heading: event.target.value })} />
    <//>
    ${issues.map((issue, place) => html`<${Chakra.Text} key=${place} fontSize="xs" color="red.fg" ps=${8} role="alert">${sentence(issue)}<//>`)}
  <//>`;
}

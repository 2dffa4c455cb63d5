// What has become of every window: one cell each, in order, month by month or year by year. One cell is chosen; arrow
// keys move on to the next, and a line below says what the cell shows.
import { days, number, plural } from "../format.js";
import { Chakra, html, useMemo, useRef, useState } from "../host.js";
import { WINDOW_STATES } from "./windowStates.js";

const CELL = "22px";
const MS_A_DAY = 86400000;
const LONG = 20; // days: windows of a month or so stand year by year

const groupName = (start, zone, isLong) =>
  new Intl.DateTimeFormat("en-GB", { year: "numeric", ...(isLong ? {} : { month: "short" }), timeZone: zone }).format(new Date(start));

function grouped(windows, zone) {
  const isLong = windows.some(({ start, end }) => new Date(end) - new Date(start) > LONG * MS_A_DAY);
  const groups = [];
  windows.forEach((window, index) => {
    const name = groupName(window.start, zone, isLong);
    if (groups.at(-1)?.name !== name) groups.push({ name, cells: [] });
    groups.at(-1).cells.push({ window, index });
  });
  return groups;
}

export function windowSaid(window, zone) {
  const facts = [WINDOW_STATES[window.state].words];
  if (window.rows !== null && window.rows !== undefined) facts.push(plural(window.rows, "row"));
  if (window.overlaps) facts.push("overlaps another window");
  return `${days(window, zone)}: ${facts.join(", ")}`;
}

function Swatch({ state, size = CELL, ...rest }) {
  return html`<${Chakra.Box} boxSize=${size} flexShrink=${0} borderRadius="sm" ...${WINDOW_STATES[state].cell} ...${rest} />`;
}

export function Legend({ counts }) {
  return html`<${Chakra.HStack} as="ul" listStyleType="none" gap=${4} rowGap=${1} wrap="wrap" fontSize="sm"
    aria-label="How many windows there are of each state">
    ${Object.entries(WINDOW_STATES)
      .filter(([state]) => counts[state] > 0)
      .map(
        ([state, { words }]) => html`<${Chakra.HStack} as="li" key=${state} gap=${1.5}>
          <${Swatch} state=${state} size="14px" /> ${words} <strong>${number(counts[state])}</strong>
        <//>`,
      )}
  <//>`;
}

// The cell above or below, as the cells are wrapped just now.
function inNextLine(cells, from, step) {
  const here = cells[from].getBoundingClientRect();
  const lines = cells.map((cell) => cell.getBoundingClientRect()).map(({ top, left }, index) => ({ top, left, index }));
  const others = lines.filter(({ top }) => (step > 0 ? top > here.bottom : top < here.top - 1));
  if (others.length === 0) return from;
  const top = step > 0 ? Math.min(...others.map((one) => one.top)) : Math.max(...others.map((one) => one.top));
  const line = others.filter((one) => one.top === top);
  return line.reduce((best, one) => (Math.abs(one.left - here.left) < Math.abs(best.left - here.left) ? one : best)).index;
}

export function CoveragePicture({ windows, zone, chosen, onChoose, children }) {
  const [hovered, setHovered] = useState(null);
  const box = useRef(null);
  const groups = useMemo(() => grouped(windows, zone), [windows, zone]);
  const at = Math.max(0, windows.findIndex(({ start }) => start === chosen));
  const choose = (window) => {
    setHovered(null); // the mouse may rest on one cell while the keys move over others
    onChoose(window.start);
  };
  const move = (event) => {
    const cells = [...box.current.querySelectorAll("[role=option]")];
    const to = {
      ArrowRight: () => at + 1, ArrowLeft: () => at - 1, Home: () => 0, End: () => cells.length - 1,
      ArrowDown: () => inNextLine(cells, at, 1), ArrowUp: () => inNextLine(cells, at, -1),
    }[event.key]?.();
    if (to === undefined) return;
    event.preventDefault();
    cells[Math.min(cells.length - 1, Math.max(0, to))].focus();
  };
  const shown = hovered ?? windows[at];
  return html`<${Chakra.Stack} gap=${3}>
    <${Chakra.Flex} ref=${box} role="listbox" aria-label="Windows" aria-orientation="horizontal" gap=${4} rowGap=${3} wrap="wrap"
      onKeyDown=${move} onMouseLeave=${() => setHovered(null)}>
      ${groups.map(
        ({ name, cells }) => html`<${Chakra.Box} key=${cells[0].window.start} role="group" aria-label=${name}>
          <${Chakra.Text} fontSize="xs" color="fg.muted" pb=${1} aria-hidden="true">${name}<//>
          <${Chakra.Flex} wrap="wrap" gap="2px">
            ${cells.map(
              ({ window, index }) => html`<${Swatch} key=${window.start} state=${window.state} role="option" cursor="pointer"
                tabIndex=${index === at ? 0 : -1} aria-selected=${index === at} aria-label=${windowSaid(window, zone)}
                outline=${index === at ? "2px solid" : "none"} outlineColor="fg" outlineOffset="1px"
                _focusVisible=${{ outline: "3px solid", outlineColor: "fg" }}
                onFocus=${() => choose(window)} onClick=${() => choose(window)} onMouseEnter=${() => setHovered(window)} />`,
            )}
          <//>
        <//>`,
      )}
    <//>
    ${shown && html`<${Chakra.Flex} minH=${9} align="center" gap=${3} wrap="wrap" bg="bg.subtle" borderRadius="md" px=${3} py=${1}>
      ${children(shown, shown === windows[at])}
    <//>`}
  <//>`;
}

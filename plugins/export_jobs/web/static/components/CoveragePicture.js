// The state of every window: one cell each, grouped by month or year. One cell is selected, arrow keys move to the next
// one, and a line below describes it.
import { number } from "../format.js";
import { Chakra, html, useMemo, useRef, useState } from "../host.js";
import { WINDOW_STATES, coverageGroups, windowText } from "./windowStates.js";

const CELL = "22px";

/** @param {Props.Swatch} props */
function Swatch({ state, size = CELL, ...rest }) {
  return html`<${Chakra.Box} boxSize=${size} flexShrink=${0} borderRadius="sm" ...${WINDOW_STATES[state].cell}
    ...${rest} />`;
}

/** @param {Props.Legend} props */
export function Legend({ counts }) {
  return html`<${Chakra.HStack} as="ul" listStyleType="none" gap=${4} rowGap=${1} wrap="wrap" fontSize="sm"
    aria-label="Number of windows in each state">
    ${Object.entries(WINDOW_STATES)
      .filter(([state]) => counts[state] > 0)
      .map(
        ([state, { words }]) => html`<${Chakra.HStack} as="li" key=${state} gap=${1.5}>
          <${Swatch} state=${state} size="14px" /> ${words} <strong>${number(counts[state])}</strong>
        <//>`,
      )}
  <//>`;
}

// The cell above or below in the current layout.
/** @param {HTMLElement[]} cells @param {number} from @param {1 | -1} step */
function inNextLine(cells, from, step) {
  const boxes = cells.map((cell) => cell.getBoundingClientRect());
  const here = boxes[from];
  const places = boxes.map(({ top, left }, index) => ({ top, left, index }));
  const others = places.filter(({ top }) => (step > 0 ? top > here.bottom : top < here.top - 1));
  if (others.length === 0) return from;
  const tops = others.map((place) => place.top);
  const top = step > 0 ? Math.min(...tops) : Math.max(...tops);
  const distance = (/** @type {{ left: number }} */ place) => Math.abs(place.left - here.left);
  const line = others.filter((place) => place.top === top);
  return line.reduce((best, place) => (distance(place) < distance(best) ? place : best)).index;
}

/** @param {Props.CoveragePicture} props */
export function CoveragePicture({ windows, zone, chosen, onChoose, children }) {
  const [hovered, setHovered] = useState(/** @type {Api.WindowCell | null} */ (null));
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const groups = useMemo(() => coverageGroups(windows, zone), [windows, zone]);
  const at = Math.max(0, windows.findIndex(({ start }) => start === chosen));
  const choose = (/** @type {Api.WindowCell} */ window) => {
    setHovered(null); // the mouse may rest on one cell while the keys move to others
    onChoose(window.start);
  };
  const move = (/** @type {Page.KeyEvent} */ event) => {
    /** @type {NodeListOf<HTMLElement> | undefined} */
    const options = box.current?.querySelectorAll("[role=option]");
    const cells = [...(options ?? [])];
    /** @type {Record<string, () => number>} */
    const steps = {
      ArrowRight: () => at + 1,
      ArrowLeft: () => at - 1,
      ArrowDown: () => inNextLine(cells, at, 1),
      ArrowUp: () => inNextLine(cells, at, -1),
      Home: () => 0,
      End: () => cells.length - 1,
    };
    const to = steps[event.key]?.();
    if (to === undefined) return;
    event.preventDefault();
    cells[Math.min(cells.length - 1, Math.max(0, to))].focus();
  };
  /** @param {Api.WindowCell} window @param {number} index */
  const cell = (window, index) => html`<${Swatch} key=${window.start} state=${window.state} role="option"
    cursor="pointer" tabIndex=${index === at ? 0 : -1} aria-selected=${index === at}
    aria-label=${windowText(window, zone)}
    outline=${index === at ? "2px solid" : "none"} outlineColor="fg" outlineOffset="1px"
    _focusVisible=${{ outline: "3px solid", outlineColor: "fg" }}
    onFocus=${() => choose(window)} onClick=${() => choose(window)} onMouseEnter=${() => setHovered(window)} />`;
  const shown = hovered ?? windows[at];
  return html`<${Chakra.Stack} gap=${3}>
    <${Chakra.Flex} ref=${box} role="listbox" aria-label="Windows" aria-orientation="horizontal" gap=${4} rowGap=${3}
      wrap="wrap" onKeyDown=${move} onMouseLeave=${() => setHovered(null)}>
      ${groups.map(
        ({ name, cells }) => html`<${Chakra.Box} key=${cells[0].window.start} role="group" aria-label=${name}>
          <${Chakra.Text} fontSize="xs" color="fg.muted" pb=${1} aria-hidden="true">${name}<//>
          <${Chakra.Flex} wrap="wrap" gap="2px">${cells.map(({ window, index }) => cell(window, index))}<//>
        <//>`,
      )}
    <//>
    ${shown && html`<${Chakra.Flex} minH=${9} align="center" gap=${3} wrap="wrap" bg="bg.subtle" borderRadius="md"
      px=${3} py=${1}>${children(shown, shown === windows[at])}<//>`}
  <//>`;
}

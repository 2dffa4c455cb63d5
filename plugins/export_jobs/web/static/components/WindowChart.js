// One number of every window as a row of bars. Whoever does not see them reads the sentence: least, most and last.
import { Chakra, html } from "../host.js";

const LEAST_PLACES = 24; // few windows must not become walls
const HEIGHT = 100;
const BAR = 0.8;

function sentence(title, told, say) {
  const least = told.reduce((one, other) => (other.value < one.value ? other : one));
  const most = told.reduce((one, other) => (other.value > one.value ? other : one));
  const last = told.at(-1);
  return `${title} of ${told.length === 1 ? "one window" : `${told.length} windows`}: least ${say(least.value)} (${least.label}), `
    + `most ${say(most.value)} (${most.label}), last ${say(last.value)} (${last.label}).`;
}

export function WindowChart({ title, points, say, color }) {
  const told = points.filter(({ value }) => value !== null && value !== undefined);
  if (told.length === 0) return null;
  const top = Math.max(...told.map(({ value }) => value));
  const places = Math.max(points.length, LEAST_PLACES);
  return html`<${Chakra.Box}>
    <${Chakra.Flex} justify="space-between" fontSize="xs" color="fg.muted" pb=${1}>
      <span>${title}</span><span>most ${say(top)}</span>
    <//>
    <${Chakra.Box} borderBottomWidth="1px" borderColor="border.emphasized" color=${color}>
      <svg role="img" aria-label=${sentence(title, told, say)} viewBox=${`0 0 ${places} ${HEIGHT}`} preserveAspectRatio="none"
        style=${{ display: "block", width: "100%", height: "72px" }}>
        ${points.map(({ key, value, label }, index) => {
          const height = top > 0 && value ? Math.max(2, (value / top) * HEIGHT) : 0;
          return html`<rect key=${key} x=${index + (1 - BAR) / 2} y=${HEIGHT - height} width=${BAR} height=${height} fill="currentColor">
            <title>${`${label}: ${value === null || value === undefined ? "unknown" : say(value)}`}</title>
          </rect>`;
        })}
      </svg>
    <//>
  <//>`;
}

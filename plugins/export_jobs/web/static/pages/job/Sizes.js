// The rows of each window and the duration of its run, as bars that show outliers. Screen readers get a sentence with
// the lowest, highest and latest value.
import { Section } from "../../components/layout.js";
import { days, duration, plural } from "../../format.js";
import { Chakra, html } from "../../host.js";

const LEAST_PLACES = 24; // few windows must not become walls
const HEIGHT = 100;
const BAR = 0.8;

/** @param {string} title @param {Page.KnownPoint[]} points @param {(value: number) => string} format */
function sentence(title, points, format) {
  const lowest = points.reduce((best, point) => (point.value < best.value ? point : best));
  const highest = points.reduce((best, point) => (point.value > best.value ? point : best));
  const text = (/** @type {Page.KnownPoint} */ { value, label }) => `${format(value)} (${label})`;
  const count = points.length === 1 ? "1 window" : `${points.length} windows`;
  const latest = points[points.length - 1];
  return `${title} of ${count}: lowest ${text(lowest)}, highest ${text(highest)}, latest ${text(latest)}.`;
}

/** @param {Props.WindowChart} props */
function WindowChart({ title, points, format, color }) {
  const known = /** @type {Page.KnownPoint[]} */ (points.filter(({ value }) => value !== null));
  if (known.length === 0) return null;
  const top = Math.max(...known.map(({ value }) => value));
  const places = Math.max(points.length, LEAST_PLACES);
  return html`<${Chakra.Box}>
    <${Chakra.Flex} justify="space-between" fontSize="xs" color="fg.muted" pb=${1}>
      <span>${title}</span><span>highest ${format(top)}</span>
    <//>
    <${Chakra.Box} borderBottomWidth="1px" borderColor="border.emphasized" color=${color}>
      <svg role="img" aria-label=${sentence(title, known, format)} viewBox=${`0 0 ${places} ${HEIGHT}`}
        preserveAspectRatio="none" style=${{ display: "block", width: "100%", height: "72px" }}>
        ${points.map(({ key, value, label }, index) => {
          const height = top > 0 && value ? Math.max(2, (value / top) * HEIGHT) : 0;
          return html`<rect key=${key} x=${index + (1 - BAR) / 2} y=${HEIGHT - height} width=${BAR} height=${height}
            fill="currentColor"><title>${`${label}: ${value === null ? "unknown" : format(value)}`}</title></rect>`;
        })}
      </svg>
    <//>
  <//>`;
}

/** @param {Props.JobTab} props */
export function Sizes({ view: { coverage } }) {
  const past = (coverage?.windows ?? []).filter(({ state }) => state !== "future");
  if (!coverage || !past.some(({ rows, seconds }) => rows !== null || seconds !== null)) return null;
  const zone = coverage.time_zone;
  const points = (/** @type {"rows" | "seconds"} */ name) =>
    past.map((window) => ({ key: window.start, value: window[name], label: days(window, zone) }));
  const all = days({ start: past[0].start, end: past[past.length - 1].end }, zone);
  return html`<${Section} title="Rows and duration">
    <${Chakra.SimpleGrid} columns=${{ base: 1, lg: 2 }} gap=${6}>
      <${WindowChart} title="Rows" points=${points("rows")} format=${(value) => plural(value, "row")}
        color="blue.solid" />
      <${WindowChart} title="Duration" points=${points("seconds")} format=${duration} color="purple.solid" />
    <//>
    <${Chakra.Text} fontSize="xs" color="fg.muted" pt=${3}>One bar per window: ${all}.<//>
  <//>`;
}

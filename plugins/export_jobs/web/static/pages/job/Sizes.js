// Line charts of the rows of each template and the duration of each delivered window. A template with many rows must
// not hide one with few, so each line can be hidden by its name in the legend.
import { Section } from "../../components/layout.js";
import { days, duration, number, plural } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";
import { linesOf, sentence, stepSeries, ticks } from "./lines.js";

const COLOURS = ["blue", "purple", "orange", "teal", "pink", "cyan", "green", "yellow", "red"];
const WIDTH = 600;
const HEIGHT = 120;
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
const colour = (/** @type {number} */ index) => `${COLOURS[index % COLOURS.length]}.solid`;

/** @param {Props.WindowChart} props */
function WindowChart({ title, series, labels, format, quiet = [] }) {
  const [hidden, setHidden] = useState(/** @type {string[]} */ (quiet));
  const [at, setAt] = useState(/** @type {number | null} */ (null));
  const shown = series.filter(({ name }) => !hidden.includes(name));
  const marks = ticks(Math.max(0, ...shown.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const top = marks[marks.length - 1];
  const last = labels.length - 1;
  const place = (/** @type {number} */ index) => (last === 0 ? WIDTH / 2 : (index / last) * WIDTH);
  const toggle = (/** @type {string} */ name) =>
    setHidden(hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name]);
  const press = (/** @type {Page.KeyEvent} */ event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    const step = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
    setAt(Math.min(last, Math.max(0, (at ?? last) + step)));
  };
  const point = (/** @type {MouseEvent} */ event) => {
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    setAt(Math.min(last, Math.max(0, Math.round(((event.clientX - box.left) / box.width) * last))));
  };
  const values = at === null ? [] : shown.map(({ name, values: all }) => {
    const value = all[at];
    return `${series.length > 1 ? `${name} ` : ""}${value === null ? "nothing" : format(value)}`;
  });
  const span = last === 0 ? labels[0] : `${labels[0]} to ${labels[last]}`;
  return html`<${Chakra.Box} minW=${0}>
    <${Chakra.Text} fontSize="sm" fontWeight="medium" pb=${1}>${title}<//>
    <${Chakra.Grid} templateColumns="auto minmax(0, 1fr)" columnGap=${2}>
      <${Chakra.Flex} direction="column-reverse" justify="space-between" fontSize="2xs" color="fg.muted"
        textAlign="end" aria-hidden="true" my="-6px">
        ${marks.map((mark) => html`<span key=${mark}>${format(mark)}</span>`)}
      <//>
      <${Chakra.Box} borderBottomWidth="1px" borderStartWidth="1px" borderColor="border.emphasized" tabIndex=${0}
        role="img" aria-label=${sentence(title, shown, labels, format)} onKeyDown=${press} onMouseMove=${point}
        onMouseLeave=${() => setAt(null)} onBlur=${() => setAt(null)}>
        <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true"
          style=${{ display: "block", width: "100%", height: "120px", overflow: "visible" }}>
          ${at !== null && html`<line x1=${place(at)} x2=${place(at)} y1=${0} y2=${HEIGHT} stroke="currentColor"
            opacity="0.4" vectorEffect="non-scaling-stroke" />`}
          ${series.map(({ name, values: all }, index) => !hidden.includes(name) && html`<${Chakra.Box} as="g"
            key=${name} color=${colour(index)}>
            ${linesOf(all, place, (value) => HEIGHT - (top > 0 ? (value / top) * HEIGHT : 0)).map(
              (points) => html`<polyline key=${points} points=${points} fill="none" stroke="currentColor"
                strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" vectorEffect="non-scaling-stroke" />`,
            )}
          <//>`)}
        </svg>
      <//>
    <//>
    <${Chakra.Text} fontSize="xs" color="fg.muted" minH=${5} pt=${1} role="status">
      ${at === null ? span : `${labels[at]}: ${values.join(", ")}`}<//>
    ${series.length > 1 && html`<${Chakra.Flex} wrap="wrap" gap=${1} role="group" aria-label=${`Lines of ${title}`}>
      ${series.map(({ name }, index) => html`<${Chakra.Button} key=${name} size="2xs" variant="ghost" maxW="100%"
        aria-pressed=${!hidden.includes(name)} color=${hidden.includes(name) ? "fg.muted" : "fg"}
        onClick=${() => toggle(name)}>
        <${Chakra.Box} as="span" boxSize=${2.5} borderRadius="full" flexShrink=${0}
          bg=${hidden.includes(name) ? "bg.emphasized" : colour(index)} />
        <${Chakra.Text} as="span" truncate>${name}<//><//>`)}
    <//>`}
  <//>`;
}

/** @param {Props.JobTab} props */
export function Sizes({ view: { coverage } }) {
  const past = (coverage?.windows ?? []).filter(({ rows }) => rows !== null);
  if (!coverage || past.length === 0) return null;
  const labels = past.map((window) => days(window, coverage.time_zone));
  const names = [...new Set(past.flatMap(({ template_rows }) => Object.keys(template_rows)))].sort();
  const rows = names.map((name) => ({ name, values: past.map(({ template_rows: of }) => of[name] ?? null) }));
  const steps = stepSeries(past);
  const took = [{ name: "Whole run", values: past.map(({ seconds }) => seconds) }, ...steps];
  return html`<${Section} title="Rows and duration">
    <${Chakra.SimpleGrid} columns=${{ base: 1, lg: 2 }} gap=${6}>
      <${WindowChart} title="Rows" series=${rows} labels=${labels} format=${number} />
      <${WindowChart} title="Duration" series=${took} labels=${labels} format=${duration}
        quiet=${steps.map(({ name }) => name)} />
    <//>
    <${Chakra.Text} fontSize="xs" color="fg.muted" pt=${3}>
      ${plural(past.length, "delivered window")}. Click a name below a chart to show or hide its line.
      Point at a line, or use the arrow keys, to see its values.<//>
  <//>`;
}

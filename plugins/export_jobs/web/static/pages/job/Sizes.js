// How many rows each window had, and how long its run took: what is unlike the others is seen at once.
import { Section } from "../../components/Section.js";
import { WindowChart } from "../../components/WindowChart.js";
import { days, duration, plural } from "../../format.js";
import { Chakra, html } from "../../host.js";

const rows = (value) => plural(value, "row");

export function Sizes({ about: { coverage } }) {
  const begun = (coverage?.windows ?? []).filter(({ state }) => state !== "future");
  if (!begun.some(({ rows: count, seconds }) => count !== null || seconds !== null)) return null;
  const points = (name) =>
    begun.map((window) => ({ key: window.start, value: window[name], label: days(window, coverage.time_zone) }));
  const all = days({ start: begun[0].start, end: begun.at(-1).end }, coverage.time_zone);
  return html`<${Section} title="Rows and duration">
    <${Chakra.SimpleGrid} columns=${{ base: 1, lg: 2 }} gap=${6}>
      <${WindowChart} title="Rows" points=${points("rows")} say=${rows} color="blue.solid" />
      <${WindowChart} title="Duration" points=${points("seconds")} say=${duration} color="purple.solid" />
    <//>
    <${Chakra.Text} fontSize="xs" color="fg.muted" pt=${3}>One bar a window: ${all}.<//>
  <//>`;
}

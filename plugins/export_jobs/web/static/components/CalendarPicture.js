// The windows to come as months: days of one window share a shade, a dot marks the day of a delivery.
import { addDays, dayOf, daysBetween, firstOfMonth, nextMonth, weekday } from "../days.js";
import { plural, time } from "../format.js";
import { Chakra, html } from "../host.js";

const MONTHS = 3;
const LISTED = 5;
const NAMES = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const SHADES = ["blue.muted", "purple.muted"];
const monthName = (day) =>
  new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

function marked(windows, zone) {
  const windowOf = new Map();
  const deliveries = new Set();
  windows.forEach(({ start, end, due }, index) => {
    for (const day of daysBetween(dayOf(start, zone), addDays(dayOf(new Date(end).getTime() - 1, zone), 1))) windowOf.set(day, index);
    deliveries.add(dayOf(due, zone));
  });
  return { windowOf, deliveries };
}

function Day({ day, index, isDelivery }) {
  return html`<${Chakra.Box} position="relative" textAlign="center" fontSize="xs" lineHeight="1.75rem" height=${7} minW=${7}
    bg=${index === undefined ? undefined : SHADES[index % 2]} color=${index === undefined && !isDelivery ? "fg.muted" : "fg"}>
    ${Number(day.slice(8))}
    ${isDelivery && html`<${Chakra.Box} position="absolute" bottom="1px" insetStart="calc(50% - 2px)" boxSize="4px" borderRadius="full" bg="fg" />`}
  <//>`;
}

function Month({ first, windowOf, deliveries }) {
  return html`<${Chakra.Box}>
    <${Chakra.Text} fontSize="sm" fontWeight="medium" pb=${1}>${monthName(first)}<//>
    <${Chakra.Grid} templateColumns="repeat(7, 1.75rem)" rowGap="2px">
      ${NAMES.map((name) => html`<${Chakra.Box} key=${name} textAlign="center" fontSize="xs" color="fg.muted">${name}<//>`)}
      ${Array.from({ length: weekday(first) }, (_, index) => html`<span key=${index} />`)}
      ${daysBetween(first, nextMonth(first)).map(
        (day) => html`<${Day} key=${day} day=${day} index=${windowOf.get(day)} isDelivery=${deliveries.has(day)} />`,
      )}
    <//>
  <//>`;
}

export function CalendarPicture({ windows, count, zone }) {
  if (windows.length === 0) return html`<${Chakra.Text} fontSize="sm" color="fg.muted">There are no deliveries to come.<//>`;
  const { windowOf, deliveries } = marked(windows, zone);
  const last = [...windowOf.keys(), ...deliveries].sort().at(-1);
  const months = [firstOfMonth(dayOf(windows[0].start, zone))];
  while (months.length < MONTHS && nextMonth(months.at(-1)) <= last) months.push(nextMonth(months.at(-1)));
  const listed = windows.slice(0, LISTED);
  return html`<${Chakra.Flex} gap=${{ base: 4, lg: 8 }} wrap="wrap">
    <${Chakra.Flex} gap=${5} wrap="wrap" aria-hidden="true">
      ${months.map((first) => html`<${Month} key=${first} first=${first} windowOf=${windowOf} deliveries=${deliveries} />`)}
    <//>
    <${Chakra.Stack} gap=${1} fontSize="sm" flex="1 1 16rem">
      <${Chakra.Stack} as="ol" listStyleType="none" gap=${1}>
        ${listed.map(({ days, due }) => html`<li key=${due}>${days} <${Chakra.Text} as="span" color="fg.muted">→ ${time(due, zone)}<//></li>`)}
      <//>
      ${count > listed.length && html`<${Chakra.Text} color="fg.muted">and ${plural(count - listed.length, "delivery", "deliveries")} more<//>`}
      <${Chakra.Text} color="fg.muted" fontSize="xs" pt=${1}>Days of one shade go into one file; a dot marks the day of a delivery. Times in ${zone}.<//>
    <//>
  <//>`;
}

// The next windows as a calendar: days of one window have the same shade, a dot marks the day of a delivery.
import { addDays, dayOf, daysBetween, firstOfMonth, lastDay, nextMonth, weekday } from "../days.js";
import { plural, time } from "../format.js";
import { Chakra, html } from "../host.js";

const MONTHS = 3;
const LISTED = 5;
const NAMES = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const SHADES = ["blue.muted", "purple.muted"];
const monthFormat = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

/** @param {Api.ComingWindow[]} windows @param {string} zone */
function calendarOf(windows, zone) {
  /** @type {Map<string, number>} */
  const windowOf = new Map();
  const deliveries = new Set();
  windows.forEach(({ start, end, due }, index) => {
    for (const day of daysBetween(dayOf(start, zone), addDays(lastDay(end, zone), 1))) windowOf.set(day, index);
    deliveries.add(dayOf(due, zone));
  });
  return { windowOf, deliveries };
}

/** @param {Props.CalendarDay} props */
function Day({ day, index, isDelivery }) {
  const color = index === undefined && !isDelivery ? "fg.muted" : "fg";
  return html`<${Chakra.Box} position="relative" textAlign="center" fontSize="xs" lineHeight="1.75rem" height=${7}
    minW=${7}
    bg=${index === undefined ? undefined : SHADES[index % 2]} color=${color}>
    ${Number(day.slice(8))}
    ${isDelivery && html`<${Chakra.Box} position="absolute" bottom="1px" insetStart="calc(50% - 2px)" boxSize="4px"
      borderRadius="full" bg="fg" />`}
  <//>`;
}

/** @param {Props.CalendarMonth} props */
function Month({ first, windowOf, deliveries }) {
  return html`<${Chakra.Box}>
    <${Chakra.Text} fontSize="sm" fontWeight="medium" pb=${1}>${monthFormat.format(new Date(`${first}T00:00:00Z`))}<//>
    <${Chakra.Grid} templateColumns="repeat(7, 1.75rem)" rowGap="2px">
      ${NAMES.map((name) => html`<${Chakra.Box} key=${name} textAlign="center" fontSize="xs" color="fg.muted">
        ${name}<//>`)}
      ${Array.from({ length: weekday(first) }, (_, index) => html`<span key=${index} />`)}
      ${daysBetween(first, nextMonth(first)).map(
        (day) => html`<${Day} key=${day} day=${day} index=${windowOf.get(day)} isDelivery=${deliveries.has(day)} />`,
      )}
    <//>
  <//>`;
}

/** @param {Props.CalendarPicture} props */
export function CalendarPicture({ windows, count, zone }) {
  if (windows.length === 0) return html`<${Chakra.Text} fontSize="sm" color="fg.muted">No upcoming deliveries.<//>`;
  const { windowOf, deliveries } = calendarOf(windows, zone);
  const last = [...windowOf.keys(), ...deliveries].sort().at(-1);
  const months = [firstOfMonth(dayOf(windows[0].start, zone))];
  while (months.length < MONTHS && nextMonth(months[months.length - 1]) <= last) {
    months.push(nextMonth(months[months.length - 1]));
  }
  const listed = windows.slice(0, LISTED);
  return html`<${Chakra.Flex} gap=${{ base: 4, lg: 8 }} wrap="wrap">
    <${Chakra.Flex} gap=${5} wrap="wrap" aria-hidden="true">
      ${months.map(
        (first) => html`<${Month} key=${first} first=${first} windowOf=${windowOf} deliveries=${deliveries} />`,
      )}
    <//>
    <${Chakra.Stack} gap=${1} fontSize="sm" flex="1 1 16rem">
      <${Chakra.Stack} as="ol" listStyleType="none" gap=${1}>
        ${listed.map(({ days, due }) => html`<li key=${due}>
          ${days} <${Chakra.Text} as="span" color="fg.muted">→ ${time(due, zone)}<//>
        </li>`)}
      <//>
      ${count > listed.length && html`<${Chakra.Text} color="fg.muted">
        and ${plural(count - listed.length, "more delivery", "more deliveries")}<//>`}
      <${Chakra.Text} color="fg.muted" fontSize="xs" pt=${1}>
        Days of the same shade go into one file. A dot marks a day of delivery. Times are in ${zone}.<//>
    <//>
  <//>`;
}

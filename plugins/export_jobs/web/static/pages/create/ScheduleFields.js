// The schedule of a job, with a sentence that says it in words.
import { Choice } from "../../components/Choice.js";
import { Field, Group, Select } from "../../components/Field.js";
import { plural } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { FREQUENCIES } from "../../words.js";
import { freshDays } from "./draft.js";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTH_DAYS = Array.from({ length: 31 }, (_, index) => [String(index + 1), `Day ${index + 1}`]);
/** @type {Record<string, Page.Option[]>} */
const EXECUTE_ON = {
  weekly: WEEKDAYS.map((day) => [day.toLowerCase(), day]),
  monthly: [["last", "The last day of the month"], .../** @type {Page.Option[]} */ (MONTH_DAYS)],
};
/** @type {Record<string, string>} */
const USUAL_DAY = { weekly: "sunday", monthly: "last" };
// Browsers leave UTC out of their list of zones.
const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

const UNTIL_HINT = "The last day that is exported, at most a year after the first.";

// The offset of a zone from UTC today, such as UTC+01:00; empty for UTC and for zones that this browser does not know.
/** @param {string} zone */
function offsetOf(zone) {
  try {
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset" });
    const name = format.formatToParts().find(({ type }) => type === "timeZoneName")?.value ?? "";
    const offset = name.replace("GMT", "UTC");
    return offset === zone ? "" : offset;
  } catch {
    return "";
  }
}

/** @param {string} zone */
const offsetText = (zone) => (zone && offsetOf(zone) ? `${offsetOf(zone)} today. ` : "");
/** @param {string} zone */
const zoneLabel = (zone) => `${zone} (${offsetOf(zone)})`.replace(" ()", "");
/** @type {Page.Content[] | null} */
let options = null; // computing the offsets of four hundred zones takes a while

function zoneOptions() {
  options ??= ZONES.map((zone) => html`<option key=${zone} value=${zone} label=${zoneLabel(zone)} />`);
  return options;
}

// A once job exports past days, all others future days: dates chosen for one are wrong for the other.
/** @param {Page.Schedule} schedule @param {string} frequency @returns {Page.Schedule} */
function withFrequency(schedule, frequency) {
  const turns = (frequency === "once") !== (schedule.frequency === "once");
  return {
    ...schedule,
    frequency,
    execute_on: USUAL_DAY[frequency] ?? null,
    deliver_on: null,
    deliver_after_days: 1,
    ...(turns ? freshDays(frequency, schedule.time_zone) : {}),
  };
}

// An empty field becomes 0, which the check explains. Without the key, the server would assume 1.
/** @param {string} text */
const daysOf = (text) => Math.trunc(Number(text));

/** @param {Props.ScheduleFields} props */
export function ScheduleFields({ schedule, check, onChange }) {
  const isOnce = schedule.frequency === "once";
  const at = (/** @type {string} */ name) => issuesAt(check.issues, `schedule.${name}`);
  const put = (/** @type {keyof Page.Schedule} */ name) => (/** @type {string} */ value) =>
    onChange({ ...schedule, [name]: value });
  /** @param {keyof Page.Schedule} name @param {string} type @param {object} [more] */
  const input = (name, type, more) => html`<${Chakra.Input} size="sm" type=${type} name=${`schedule.${name}`}
    value=${schedule[name] ?? ""} ...${more} onChange=${(event) => put(name)(event.target.value)} />`;
  const executeOn = EXECUTE_ON[schedule.frequency];
  return html`<${Chakra.Stack} gap=${4}>
    <${Group} label="Frequency" issues=${at("frequency")}>
      <${Choice} label="Frequency" value=${schedule.frequency} options=${Object.entries(FREQUENCIES)}
        onChange=${(frequency) => onChange(withFrequency(schedule, frequency))} />
    <//>
    <${Chakra.SimpleGrid} columns=${{ base: 1, sm: 2, lg: 3 }} gap=${4} alignItems="start">
      ${executeOn && html`<${Field} label="Last day of data" issues=${at("execute_on")}
        hint="Each file ends with this day.">
        <${Select} name="schedule.execute_on" value=${schedule.execute_on} options=${executeOn}
          onChange=${put("execute_on")} />
      <//>`}
      <${Field} label="First day of data" required issues=${at("from")}>${input("from", "date")}<//>
      <${Field} label=${isOnce ? "Last day of data" : "Until"} required issues=${at("until")}
       
          hint=${isOnce ? "Yesterday or earlier." : UNTIL_HINT}>
        ${input("until", "date")}<//>
      ${isOnce && html`<${Field} label="Deliver on" issues=${at("deliver_on")} hint="Leave empty to deliver at once.">
        ${input("deliver_on", "date")}<//>`}
      ${!isOnce && html`<${Field} label="Deliver after days" required issues=${at("deliver_after_days")}
        hint="1 means the day after the last day of data. Enter more if the books close later.">
        <${Chakra.Input} size="sm" type="number" min=${1} max=${92} name="schedule.deliver_after_days"
          value=${schedule.deliver_after_days ?? 1}
          onChange=${(event) => onChange({ ...schedule, deliver_after_days: daysOf(event.target.value) })} />
      <//>`}
      <${Field} label="Deliver at" required issues=${at("deliver_at")}
        hint=${`In ${schedule.time_zone || "the time zone"}.`}>
        ${input("deliver_at", "time")}<//>
      <${Field} label="Time zone" required issues=${at("time_zone")} 
        hint=${`${offsetText(schedule.time_zone)}Defines when a day begins and ends.`}>
        ${input("time_zone", "text", { list: "export-jobs-zones", autoComplete: "off" })}
        <datalist id="export-jobs-zones">${zoneOptions()}</datalist>
      <//>
    <//>
    <${ScheduleText} check=${check} />
  <//>`;
}

/** @param {Props.ScheduleText} props */
function ScheduleText({ check: { schedule_text: text, first_delivery: first, count } }) {
  const more = count > 1 && `${plural(count, "delivery", "deliveries")} in total.`;
  return html`<${Chakra.Box} role="status" bg="bg.subtle" borderRadius="md" p=${3} minH=${16} fontSize="sm">
    ${text
      ? html`<${Chakra.Text} fontWeight="medium">${text}.<//><${Chakra.Text} color="fg.muted">${first}. ${more}<//>`
      : html`<${Chakra.Text} color="fg.muted">Enter a valid schedule to see its days and times of delivery here.<//>`}
  <//>`;
}

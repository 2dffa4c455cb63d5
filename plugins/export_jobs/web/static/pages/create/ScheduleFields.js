// When a job delivers which days, with the sentence that says it in plain words.
import { Choice } from "../../components/Choice.js";
import { Field } from "../../components/Field.js";
import { Group } from "../../components/Group.js";
import { Select } from "../../components/Select.js";
import { plural } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { FREQUENCIES } from "../../words.js";
import { freshDays } from "./blank.js";
import { issuesAt } from "./steps.js";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"].map((day) => [day.toLowerCase(), day]);
const MONTH_DAYS = [["last", "The last day of the month"], ...Array.from({ length: 31 }, (_, day) => [String(day + 1), `Day ${day + 1}`])];
const EXECUTE_ON = { weekly: ["sunday", WEEKDAYS], monthly: ["last", MONTH_DAYS] };
const ZONES = Intl.supportedValuesOf("timeZone");

// A once job looks back, all others look ahead; what was chosen for one would be wrong for the other.
function withFrequency(schedule, frequency) {
  const turns = (frequency === "once") !== (schedule.frequency === "once");
  return {
    ...schedule,
    frequency,
    execute_on: EXECUTE_ON[frequency]?.[0] ?? null,
    deliver_on: null,
    ...(turns ? freshDays(frequency, schedule.time_zone) : {}),
  };
}

export function ScheduleFields({ schedule, check, onChange }) {
  const isOnce = schedule.frequency === "once";
  const at = (name) => issuesAt(check.issues, `schedule.${name}`);
  const put = (name) => (value) => onChange({ ...schedule, [name]: value });
  const input = (name, type) => html`<${Chakra.Input} size="sm" type=${type} name=${`schedule.${name}`}
    value=${schedule[name] ?? ""} onChange=${(event) => put(name)(event.target.value)} />`;
  const [, executeOn] = EXECUTE_ON[schedule.frequency] ?? [];
  return html`<${Chakra.Stack} gap=${4}>
    <${Group} label="Frequency" issues=${at("frequency")}>
      <${Choice} label="Frequency" value=${schedule.frequency} options=${Object.entries(FREQUENCIES)}
        onChange=${(frequency) => onChange(withFrequency(schedule, frequency))} />
    <//>
    <${Chakra.SimpleGrid} columns=${{ base: 1, sm: 2, lg: 3 }} gap=${4} alignItems="start">
      ${executeOn && html`<${Field} label="Last day of data" issues=${at("execute_on")} hint="Delivered on the day after">
        <${Select} name="schedule.execute_on" value=${schedule.execute_on} options=${executeOn} onChange=${put("execute_on")} />
      <//>`}
      <${Field} label="First day of data" required issues=${at("from")}>${input("from", "date")}<//>
      <${Field} label=${isOnce ? "Last day of data" : "Until"} required issues=${at("until")}
        hint=${isOnce ? "Yesterday at the latest" : "The last day of data of all; at most a year"}>${input("until", "date")}<//>
      ${isOnce && html`<${Field} label="Deliver on" issues=${at("deliver_on")} hint="Empty: at once">${input("deliver_on", "date")}<//>`}
      <${Field} label="Deliver at" required issues=${at("deliver_at")} hint="In the time zone below">${input("deliver_at", "time")}<//>
      <${Field} label="Time zone" required issues=${at("time_zone")} hint="Says when a day begins and ends">
        <${Chakra.Input} size="sm" name="schedule.time_zone" list="export-jobs-zones" value=${schedule.time_zone} autoComplete="off"
          onChange=${(event) => put("time_zone")(event.target.value)} />
        <datalist id="export-jobs-zones">${ZONES.map((zone) => html`<option key=${zone} value=${zone} />`)}</datalist>
      <//>
    <//>
    <${Chakra.Box} role="status" bg="bg.subtle" borderRadius="md" p=${3} minH=${16} fontSize="sm">
      ${check.schedule_text
        ? html`<${Chakra.Text} fontWeight="medium">${check.schedule_text}.<//>
            <${Chakra.Text} color="fg.muted">${check.first_delivery}. ${check.count > 1 && `${plural(check.count, "delivery", "deliveries")} in all.`}<//>`
        : html`<${Chakra.Text} color="fg.muted">The days and times of delivery are shown here once the schedule holds.<//>`}
    <//>
  <//>`;
}

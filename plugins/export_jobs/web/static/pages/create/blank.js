// A new job before anybody has typed, and the body that the API takes.
import { definitionOf } from "../../components/template/offers.js";
import { userZone } from "../../format.js";
import { addDays, addYear, today } from "../../days.js";

export function freshDays(frequency, zone) {
  const now = today(zone);
  if (frequency === "once") return { from: addDays(now, -30), until: addDays(now, -1) };
  return { from: now, until: addDays(addYear(now), -1) };
}

export function blankDraft() {
  const time_zone = userZone();
  return {
    name: "",
    description: "",
    owner: "",
    destination: "",
    recipients: [],
    schedule: { frequency: "weekly", execute_on: "sunday", ...freshDays("weekly", time_zone), deliver_at: "02:00", time_zone },
    templates: [],
    file: {},
    new_templates: [],
  };
}

// What is still blank is left out: the server then names it as missing, and nothing else.
export function bodyOf(draft) {
  const { schedule, new_templates, ...job } = draft;
  const used = new Set(draft.templates.map((use) => use.template));
  const body = { ...filled(job), templates: draft.templates, schedule: filled(schedule) };
  const made = new_templates.filter((template) => used.has(template.name)).map(definitionOf);
  return made.length > 0 ? { ...body, new_templates: made } : body;
}

const filled = (values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined));

// What the Create button starts, shown next to it: the files that are sent at once, and a way to start from today.
import { Notice } from "../../components/Notice.js";
import { today } from "../../days.js";
import { plural } from "../../format.js";
import { Chakra, html } from "../../host.js";
import { destinationText } from "./draft.js";

/** @param {Props.Consequence} props */
export function Consequence({ draft, check, change }) {
  const { at_once: windows, at_once_days: days, first_delivery: first } = check;
  const zone = draft.schedule.time_zone;
  if (windows === 0) {
    return first && html`<${Chakra.Text} fontSize="sm" role="status">Create sends nothing immediately. ${first}.<//>`;
  }
  const files = plural(windows * draft.templates.length, "file");
  const people = draft.recipients.length;
  const isOnce = draft.schedule.frequency === "once";
  const begin = () => change(({ schedule }) => ({ schedule: { ...schedule, from: today(zone) } }));
  const canBegin = !isOnce && draft.schedule.until > today(zone);
  const action = canBegin && html`<${Chakra.Button} size="xs" variant="outline" flexShrink=${0} onClick=${begin}>
    Start from today instead<//>`;
  return html`<${Notice} status="warning" role="status" action=${action}
    title=${`Create sends ${files} to ${destinationText(draft)} at once`}>
    ${isOnce ? `The data of ${days}.` : `${plural(windows, "past window")}, the data of ${days}, oldest first.`}
    ${people > 0 ? ` Each window sends a mail to ${plural(people, "recipient")}.` : ""}
  <//>`;
}

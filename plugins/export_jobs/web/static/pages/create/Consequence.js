// What the button Create sets off, said beside it: files that are sent at once, and how to begin with today instead.
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
    return first && html`<${Chakra.Text} fontSize="sm" role="status">Create sends nothing yet. ${first}.<//>`;
  }
  const files = plural(windows * draft.templates.length, "file");
  const isOnce = draft.schedule.frequency === "once";
  const begin = () => change(({ schedule }) => ({ schedule: { ...schedule, from: today(zone) } }));
  const canBegin = !isOnce && draft.schedule.until > today(zone);
  const action = canBegin && html`<${Chakra.Button} size="xs" variant="outline" flexShrink=${0} onClick=${begin}>
    Start from today instead<//>`;
  return html`<${Notice} status="warning" role="status" action=${action}
    title=${`Create sends ${files} to ${destinationText(draft)} at once`}>
    ${isOnce ? `The data of ${days}.` : `${plural(windows, "window")} of the past, the data of ${days}, oldest first.`}
    ${draft.recipients.length > 0 ? ` ${plural(draft.recipients.length, "recipient")} get a mail for each window.` : ""}
  <//>`;
}

// Step 1: the name of the job, where its files go, when, and who gets a mail.
import { Field } from "../../components/Field.js";
import { Section } from "../../components/layout.js";
import { Chakra, html, useCallback, useState } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { DestinationField } from "./DestinationField.js";
import { MoreDestinations } from "./MoreDestinations.js";
import { RecipientsField } from "../../components/RecipientsField.js";
import { ScheduleFields } from "./ScheduleFields.js";

// Issues are shown at fields that the person has left; after a click on Next, at all fields.
/** @param {Page.Issue[]} issues @param {boolean} isShown */
function useFieldIssues(issues, isShown) {
  const [left, setLeft] = useState(/** @type {Set<string>} */ (new Set()));
  const onBlur = useCallback((/** @type {Page.InputEvent} */ event) => {
    const { name } = event.target;
    if (name) setLeft((all) => (all.has(name) ? all : new Set([...all, name])));
  }, []);
  const at = (/** @type {string} */ path, missing = "") => {
    const shown = isShown || left.has(path) ? issuesAt(issues, path) : [];
    const isMissing = shown.some((issue) => issue.what.endsWith("is missing"));
    return missing && isMissing ? [{ path, what: missing, remedy: "" }] : shown;
  };
  return { at, onBlur };
}

/** @param {Props.Step} props */
export function ScheduleStep({ draft, change, check, isShown, me, destinations }) {
  const { at, onBlur } = useFieldIssues(check.issues, isShown);
  const also = draft.also ?? []; // drafts of earlier releases do not have it
  const others = destinations.filter(({ tag }) => tag !== draft.destination);
  const input = (/** @type {"name" | "owner" | "description"} */ name) => ({
    name,
    value: draft[name],
    size: "sm",
    onChange: (/** @type {Page.InputEvent} */ event) => change({ [name]: event.target.value }),
  });
  return html`<${Chakra.Stack} gap=${4} onBlur=${onBlur}>
    <${Section} title="About">
      <${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${4}>
        <${Field} label="Name" required issues=${at("name", "Give it a name")}
          hint="Part of each file's name: letters, digits, - and _">
          <${Chakra.Input} ...${input("name")} maxLength=${64} autoComplete="off" placeholder="net-sales-by-store"
            onChange=${(event) => change({ name: event.target.value.replace(/\s/g, "-") })} />
        <//>
        <${Field} label="Owner's mail address" required hint="Gets a mail when a delivery fails."
          issues=${at("owner", "Enter who gets a mail when a delivery fails")}>
          <${Chakra.Input} ...${input("owner")} type="email" placeholder="you@example.org" />
        <//>
        <${Field} label="Description" gridColumn=${{ md: "1 / -1" }} issues=${at("description")}>
          <${Chakra.Textarea} ...${input("description")} rows=${2} autoresize
            placeholder="What the receiver gets and what it is for" />
        <//>
      <//>
    <//>
    <${Section} title="Delivery">
      <${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${4} alignItems="start">
        <${Chakra.Stack} gap=${2}>
          <${DestinationField} value=${draft.destination} destinations=${destinations}
            mayCheck=${me.may.check_destinations}
            issues=${at("destination", "Choose where the files go")}
            onChange=${(destination) => change({ destination, also: also.filter((tag) => tag !== destination) })} />
          ${draft.destination && others.length > 0 && html`<${MoreDestinations} value=${also} destinations=${others}
            issues=${at("destinations")} onChange=${(/** @type {string[]} */ tags) => change({ also: tags })} />`}
        <//>
        <${RecipientsField} value=${draft.recipients} issues=${at("recipients")}
          onChange=${(recipients) => change({ recipients })} />
      <//>
    <//>
    <${Section} title="Schedule">
      <${ScheduleFields} schedule=${draft.schedule} check=${check} onChange=${(schedule) => change({ schedule })} />
    <//>
  <//>`;
}

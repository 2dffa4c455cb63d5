// Step 1: what the job is called, where its files go, when, and who hears of it.
import { Field } from "../../components/Field.js";
import { Section } from "../../components/Section.js";
import { Chakra, html } from "../../host.js";
import { DestinationField } from "./DestinationField.js";
import { RecipientsField } from "./RecipientsField.js";
import { ScheduleFields } from "./ScheduleFields.js";
import { useFieldIssues } from "./useFieldIssues.js";

export function ScheduleStep({ draft, change, check, isShown, me, destinations }) {
  const { at, onBlur } = useFieldIssues(check.issues, isShown);
  const text = (name) => ({ name, value: draft[name], size: "sm", onChange: (event) => change({ [name]: event.target.value }) });
  return html`<${Chakra.Stack} gap=${4} onBlur=${onBlur}>
    <${Section} title="About">
      <${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${4}>
        <${Field} label="Name" required issues=${at("name", "Give it a name")} hint="Part of each file's name: letters, digits, - and _">
          <${Chakra.Input} ...${text("name")} maxLength=${64} autoComplete="off" placeholder="net-sales-by-store"
            onChange=${(event) => change({ name: event.target.value.replace(/\s/g, "-") })} />
        <//>
        <${Field} label="Owner's mail address" required issues=${at("owner", "Say who hears of it when a delivery fails")} hint="Hears of it when a delivery fails">
          <${Chakra.Input} ...${text("owner")} type="email" placeholder="you@example.org" />
        <//>
        <${Field} label="Description" gridColumn=${{ md: "1 / -1" }} issues=${at("description")}>
          <${Chakra.Textarea} ...${text("description")} rows=${2} autoresize placeholder="What the receiver gets, and what for" />
        <//>
      <//>
    <//>
    <${Section} title="Delivery">
      <${Chakra.SimpleGrid} columns=${{ base: 1, md: 2 }} gap=${4} alignItems="start">
        <${DestinationField} value=${draft.destination} destinations=${destinations} mayCheck=${me.may.check_destinations}
          issues=${at("destination", "Choose where the files go")} onChange=${(destination) => change({ destination })} />
        <${RecipientsField} value=${draft.recipients} issues=${at("recipients")} onChange=${(recipients) => change({ recipients })} />
      <//>
    <//>
    <${Section} title="Schedule">
      <${ScheduleFields} schedule=${draft.schedule} check=${check} onChange=${(schedule) => change({ schedule })} />
    <//>
  <//>`;
}

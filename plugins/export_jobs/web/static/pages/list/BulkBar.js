// Actions on all selected jobs at once. Each job is permitted and checked separately; refusals are announced.
import { announce } from "../../components/Announcer.js";
import { ConfirmDialog, TaskDialog } from "../../components/Dialog.js";
import { Field } from "../../components/Field.js";
import { RecipientsField } from "../../components/RecipientsField.js";
import { number, plural } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";

/** @param {Props.BulkBar} props */
export function BulkBar({ jobs, act, all, onAll, onClear }) {
  const [open, setOpen] = useState("");
  const count = plural(jobs.length, "schedule");
  /** @type {Props.BulkBar["act"]} */
  const now = (...what) => act(...what).catch((error) => announce(error.message, "error"));
  const failed = jobs.filter((job) => job.state === "unable_to_execute" && !job.is_broken && job.may.rerun);
  const close = () => setOpen("");
  const button = (/** @type {string} */ words, /** @type {() => void} */ onClick, more = {}) => html`<${Chakra.Button}
    size="xs" variant="outline" onClick=${onClick} ...${more}>${words}<//>`;
  return html`<${Chakra.Flex} gap=${2} wrap="wrap" align="center" role="group"
    aria-label="Actions for the selected schedules">
    <${Chakra.Text} fontSize="sm" color="fg.muted">${count} selected<//>
    ${jobs.some((job) => job.enabled) && button("Pause", () => now("pause", { paused: true }))}
    ${jobs.some((job) => !job.enabled) && button("Resume", () => now("pause", { paused: false }))}
    ${failed.length > 0 && button("Rerun failed", () => now("rerun", {}, failed))}
    ${button("Change…", () => setOpen("change"))}
    ${jobs.some((job) => job.may.delete) && button("Delete…", () => setOpen("delete"), { color: "red.fg" })}
    ${all > 0 && button(`Select all ${number(all)}`, onAll, { variant: "ghost" })}
    ${button("Clear", onClear, { variant: "ghost" })}
    ${open === "change" && html`<${ChangeDialog} count=${count} onClose=${close}
      onChange=${(changes) => act("change", changes)} />`}
    ${open === "delete" && html`<${ConfirmDialog} title=${`Delete ${count}?`} verb="Delete"
      onConfirm=${() => act("delete")} onClose=${close}>
      <${Chakra.List.Root} ps=${4} maxH="12rem" overflowY="auto">
        ${jobs.map((job) => html`<${Chakra.List.Item} key=${job.dag_id} wordBreak="break-all">${job.name}<//>`)}
      <//>
      <${Chakra.Text}>No more files will be delivered. Delivered files and their history are kept.<//>
    <//>`}
  <//>`;
}

/** @param {Props.ChangeDialog} props */
function ChangeDialog({ count, onChange, onClose }) {
  const [owner, setOwner] = useState("");
  const [until, setUntil] = useState("");
  const [added, setAdded] = useState(/** @type {string[]} */ ([]));
  const [removed, setRemoved] = useState(/** @type {string[]} */ ([]));
  const changes = {
    ...(owner.trim() && { owner: owner.trim() }),
    ...(until && { until }),
    ...(added.length > 0 && { add_recipients: added }),
    ...(removed.length > 0 && { remove_recipients: removed }),
  };
  // The button is never disabled: a click on it makes the field lose focus, and only then a typed address counts.
  const change = async () => {
    if (Object.keys(changes).length === 0) throw new Error("There is nothing to change. Fill in at least one field.");
    await onChange(changes);
  };
  return html`<${TaskDialog} title=${`Change ${count}`} verb=${`Change ${count}`} onClose=${onClose} onAct=${change}>
    <${Chakra.Text} fontSize="sm" color="fg.muted">Fields that you leave empty do not change.<//>
    <${Field} label="New owner" hint="Gets a mail when a delivery fails.">
      <${Chakra.Input} size="sm" type="email" value=${owner} onChange=${(event) => setOwner(event.target.value)} /><//>
    <${RecipientsField} label="Add recipients" value=${added} issues=${[]} onChange=${setAdded} />
    <${RecipientsField} label="Remove recipients" hint="They no longer get mail." value=${removed} issues=${[]}
      onChange=${setRemoved} />
    <${Field} label="Deliver until" hint="The new last day of data.">
      <${Chakra.Input} size="sm" type="date" value=${until} onChange=${(event) => setUntil(event.target.value)} /><//>
  <//>`;
}

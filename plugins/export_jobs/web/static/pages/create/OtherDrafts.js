// Other schedules that this person has started in this tab and not created.
import { TextLink } from "../../components/links.js";
import { time } from "../../format.js";
import { Chakra, html, useState } from "../../host.js";
import { newPath } from "../../paths.js";
import { discardDraft, otherDrafts } from "./drafts.js";

/** @param {Props.OtherDrafts} props */
export function OtherDrafts({ from }) {
  const [drafts, setDrafts] = useState(() => otherDrafts(from));
  if (drafts.length === 0) return null;
  const drop = (/** @type {string | null} */ other) => {
    discardDraft(other);
    setDrafts(otherDrafts(from));
  };
  return html`<${Chakra.Box} fontSize="sm" color="fg.muted">
    Other unfinished drafts:
    <${Chakra.List.Root} listStyleType="none" gap=${1} pt=${1}>
      ${drafts.map(({ from: other, name, at }) => html`<${Chakra.List.Item} key=${other ?? ""}>
        <${TextLink} to=${newPath(other ?? undefined)} textDecoration="underline">${name || "Unnamed draft"}<//>
        , last changed ${time(at)} ${" "}
        <${Chakra.Button} size="2xs" variant="outline" aria-label=${`Discard the draft ${name || "without a name"}`}
          onClick=${() => drop(other)}>Discard<//>
      <//>`)}
    <//>
  <//>`;
}

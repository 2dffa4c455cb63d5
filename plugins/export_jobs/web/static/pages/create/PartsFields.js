// Whether each template is delivered in parts, and where the manifest goes.
import { Field, Select } from "../../components/Field.js";
import { Chakra, html, useState } from "../../host.js";
import { issuesAt } from "../../issues.js";
import { MANIFESTS, SPLITS } from "../../words.js";
import { isSplitByBytes, manifestAs, manifestOf, splitBy } from "./parts.js";

/** @param {Props.TextFields} props */
export function PartsFields({ file, issues, onChange }) {
  const put = (/** @type {Page.FileOptions} */ changes) => onChange({ ...file, ...changes });
  const { split } = file;
  const by = splitBy(file);
  const offers = Object.entries(SPLITS).filter(([key]) => key !== "bytes" || by === "bytes" || isSplitByBytes(file));
  // While the name is being typed, the folder can be empty for a moment.
  const [hasFolder, setFolder] = useState(false);
  const place = hasFolder ? "folder" : manifestOf(file);
  const choosePlace = (/** @type {string} */ key) => {
    setFolder(key === "folder");
    put(manifestAs(key));
  };
  return html`
    <${Field} label="Parts" issues=${by ? [] : issuesAt(issues, "file.split")}><${Select} value=${by}
      options=${/** @type {Page.Option[]} */ (offers)}
      onChange=${(key) => put({ split: key ? { [key]: key === "rows" ? 1_000_000 : 500_000_000 } : undefined })} /><//>
    ${by && html`<${Field} label=${by === "rows" ? "Maximum rows per part" : "Maximum bytes per part"}
      issues=${issuesAt(issues, "file.split")}><${Chakra.Input} size="sm" type="number" min=${1} name="file.split"
        value=${split?.[by] ?? ""}
        onChange=${(event) => put({ split: { [by]: Number(event.target.value) || 0 } })} /><//>`}
    <${Field} label="Manifest" issues=${issuesAt(issues, "file.manifest")}
      hint=${place === "none" ? "Receivers then cannot see which files belong together." : null}><${Select}
      value=${place} options=${Object.entries(MANIFESTS)} onChange=${choosePlace} /><//>
    ${place === "folder" && html`<${Field} label="Manifest folder"
      issues=${issuesAt(issues, "file.manifest_folder")}><${Chakra.Input} size="sm" name="file.manifest_folder"
        value=${file.manifest_folder ?? ""}
        onChange=${(event) => put({ manifest_folder: event.target.value })} /><//>`}`;
}

// Parts and manifests of a file, as the form shows them.

// Options that every format has and that no preset changes.
export const OF_EVERY_FORMAT = /** @type {const} */ ([
  "empty_result", "name", "done_file", "max_bytes", "encryption", "split", "manifest", "manifest_folder",
]);

/** @param {Page.FileOptions} file @returns {Page.FileOptions} */
export const ofEveryFormat = (file) =>
  Object.fromEntries(OF_EVERY_FORMAT.filter((key) => file[key] !== undefined).map((key) => [key, file[key]]));

// Splitting by bytes needs a text format in UTF-8.
/** @param {Page.FileOptions} file */
export const isSplitByBytes = ({ format = "csv", encoding = "utf-8" }) =>
  format === "jsonl" || (format === "csv" && encoding === "utf-8");

/** @param {Page.FileOptions} file */
export function manifestOf({ manifest, manifest_folder }) {
  if (manifest === "none") return "none";
  return manifest_folder ? "folder" : "beside";
}

/** @param {Page.FileOptions} file */
export function splitBy({ split }) {
  if (!split) return "";
  return split.bytes ? "bytes" : "rows";
}

/** @param {string} place @returns {Page.FileOptions} */
export const manifestAs = (place) => ({
  manifest: place === "none" ? "none" : undefined,
  manifest_folder: place === "folder" ? "manifests" : undefined,
});

// A summary of encryption, parts and manifest.
/** @param {Page.FileOptions} file */
export function partsText({ encryption, split, ...file }) {
  const keys = encryption?.keys ?? [];
  return [
    keys.length > 0 && `encrypted to ${keys.join(", ")}`,
    split && "in parts",
    file.manifest === "none" && "without a manifest",
  ].filter((text) => text !== false && text !== undefined && text !== null);
}

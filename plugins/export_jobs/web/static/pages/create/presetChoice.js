// Detect the preset of file options, and apply another one.
import { ofEveryFormat } from "./parts.js";
import { PRESETS } from "./presets.js";

// The preset whose keys all match the file options.
/** @param {Page.FileOptions} file */
export const presetOf = (file) => Object.keys(PRESETS).find((key) =>
  Object.entries(PRESETS[key].sets).every(([name, value]) => /** @type {any} */ (file)[name] === value)) ?? "";

// The options of a preset, plus the options that no preset changes.
/** @param {Page.FileOptions} file @param {string} key @returns {Page.FileOptions} */
export const withPreset = (file, key) => ({ ...ofEveryFormat(file), ...PRESETS[key]?.sets });

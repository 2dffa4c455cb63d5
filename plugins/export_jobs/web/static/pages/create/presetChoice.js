// Which preset a file has, and a file with another one.
import { ofEveryFormat } from "./parts.js";
import { PRESETS } from "./presets.js";

// The preset all of whose keys the file has.
/** @param {Page.FileOptions} file */
export const presetOf = (file) => Object.keys(PRESETS).find((key) =>
  Object.entries(PRESETS[key].sets).every(([name, value]) => /** @type {any} */ (file)[name] === value)) ?? "";

// What a preset sets, and what is of no program.
/** @param {Page.FileOptions} file @param {string} key @returns {Page.FileOptions} */
export const withPreset = (file, key) => ({ ...ofEveryFormat(file), ...PRESETS[key]?.sets });

// Presets and the options that each sets, as in core/definitions/presets.py; a test compares the two.
/** @type {Record<string, { title: string, sets: Page.FileOptions }>} */
export const PRESETS = {
  "excel-german": {
    title: "Excel, German",
    sets: {
      bom: true,
      line_breaks: "blank",
      escape_formulas: true,
      compression: "zip",
      delimiter: ";",
      date_format: "%d.%m.%Y",
      timestamp_format: "%d.%m.%Y %H:%M:%S",
      timestamptz_format: "%d.%m.%Y %H:%M:%S",
      decimal_mark: ",",
      true_text: "WAHR",
      false_text: "FALSCH",
    },
  },
  "excel-us": {
    title: "Excel, US",
    sets: {
      bom: true,
      line_breaks: "blank",
      escape_formulas: true,
      compression: "zip",
      date_format: "%m/%d/%Y",
      timestamp_format: "%m/%d/%Y %H:%M:%S",
      timestamptz_format: "%m/%d/%Y %H:%M:%S",
      true_text: "TRUE",
      false_text: "FALSE",
    },
  },
  unix: {
    title: "Unix",
    sets: {
      line_ending: "lf",
      compression: "gzip",
      timestamp_format: "%Y-%m-%dT%H:%M:%S.%f",
      timestamptz_format: "%Y-%m-%dT%H:%M:%S.%f%:z",
    },
  },
  salesforce: {
    title: "Salesforce",
    sets: {
      quoting: "all",
      compression: "none",
      timestamp_format: "%Y-%m-%dT%H:%M:%S.%L",
      timestamptz_format: "%Y-%m-%dT%H:%M:%S.%L%z",
    },
  },
  "sap-fixed": {
    title: "SAP-like fixed width",
    sets: {
      format: "fixed",
      encoding: "iso-8859-1",
      compression: "none",
      date_format: "%Y%m%d",
      timestamp_format: "%Y%m%d%H%M%S",
      timestamptz_format: "%Y%m%d%H%M%S",
      true_text: "X",
      false_text: "",
    },
  },
};

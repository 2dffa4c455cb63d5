// What a template holds, in a word.
export const KIND_WORDS = { custom: "KPIs", standard: "Rows", dimension: "Table" };

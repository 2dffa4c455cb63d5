// What a template can contain, as options of a list.
import { withoutBlanks } from "../../api.js";

export const MOST_DIMENSIONS = 5;
/** @type {Page.Template} */
export const BLANK_TEMPLATE = {
  name: "", kind: "custom", description: "", fact: null, columns: [], kpis: [], dimensions: [],
};

// The part of a template that the API accepts.
/** @param {Page.Template} template */
export const definitionOf = ({ name, kind, description, fact, columns, kpis, dimensions }) =>
  ({ name, kind, description, ...(fact ? { fact } : {}), columns, kpis, dimensions });

// An unfinished template without its blank values, which the server reports as missing.
/** @param {Page.Template} template */
export const bodyOf = (template) => withoutBlanks(definitionOf(template));

/** @param {Api.Catalogue} catalogue @returns {Page.Offer[]} */
export const kpiOptions = ({ facts, kpis }) => {
  const titles = new Map(facts.map(({ key, title }) => [key, title]));
  return kpis.map(({ key, title, description, unit, fact, additive }) => ({
    key,
    title,
    description,
    note: [unit, titles.get(fact) ?? fact, additive ? "" : "recalculated for each group"].filter(Boolean).join(" · "),
  }));
};

// The dimensions that are available for all chosen KPIs.
/** @param {Pick<Api.ReachableDimensions, "date_parts" | "dimensions">} reachable @returns {Page.Offer[]} */
export function dimensionOptions({ date_parts, dimensions }) {
  const group = "Date of the event";
  const parts = date_parts.map(({ key, title }) => ({ key, title, description: "", note: "of the event date", group }));
  const attributes = dimensions.flatMap(({ key, title, description, label, attributes: columns }) => [
    { key, title, description, note: `its ${label}`, group: title },
    ...columns.filter(({ name }) => name !== label).map((column) => ({
      key: `${key}.${column.name}`, title: `${title}: ${column.title}`, description: column.description, note: "",
      group: title,
    })),
  ]);
  return [...parts, ...attributes];
}

/** @param {Api.CatalogueColumn[]} columns @param {string} [group] @returns {Page.Offer[]} */
export const columnOptions = (columns, group = "") =>
  columns.map(({ name, title, description, unit }) => ({ key: name, title, description, note: unit, group }));

/** @param {Api.FactEntry} fact @param {Api.Catalogue} catalogue */
export function factOptions(fact, catalogue) {
  const dimensions = catalogue.dimensions.filter(({ key }) => fact.dimensions.includes(key));
  return [...columnOptions(fact.columns, fact.title), ...dimensionOptions({ date_parts: [], dimensions })];
}

// Whether a template is complete enough for a preview.
/** @param {Page.Template} template */
export const isPreviewable = ({ kind, kpis, fact, dimensions }) =>
  ({ custom: kpis.length > 0, standard: Boolean(fact), dimension: dimensions.length > 0 })[kind];

// The matches by group, in their order. A list with at most one group has no headings.
/** @param {Page.Offer[]} matches @param {Page.Offer[]} all @returns {{ heading: string, offers: Page.Offer[] }[]} */
export function groupsOf(matches, all) {
  const isGrouped = new Set(all.map(({ group }) => group ?? "")).size > 1;
  /** @type {Map<string, Page.Offer[]>} */
  const groups = new Map();
  for (const offer of matches) {
    const heading = isGrouped ? (offer.group ?? "") : "";
    groups.set(heading, [...(groups.get(heading) ?? []), offer]);
  }
  return [...groups].map(([heading, offers]) => ({ heading, offers }));
}

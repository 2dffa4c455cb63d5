// What a template may hold, as options of a list.
export const MOST_DIMENSIONS = 5;
export const BLANK_TEMPLATE = { name: "", kind: "custom", description: "", fact: null, columns: [], kpis: [], dimensions: [] };

// What the API takes as a template, without what it tells about one.
export function definitionOf({ name, kind, description, fact, columns, kpis, dimensions }) {
  return { name, kind, description, ...(fact ? { fact } : {}), columns: columns ?? [], kpis: kpis ?? [], dimensions: dimensions ?? [] };
}

export const kpiOptions = (catalogue) => {
  const facts = new Map(catalogue.facts.map(({ key, title }) => [key, title]));
  return catalogue.kpis.map(({ key, title, description, unit, fact, additive }) => ({
    key,
    title,
    description,
    note: [unit, facts.get(fact) ?? fact, additive ? "" : "computed anew for each group"].filter(Boolean).join(" · "),
  }));
};

// `reached`: the answer of catalogue/dimensions, what all of the chosen KPIs can be had by together.
export function dimensionOptions(reached) {
  const parts = reached.date_parts.map(({ key, title }) => ({ key, title, note: "of the event date" }));
  const dimensions = reached.dimensions.flatMap(({ key, title, description, label, attributes }) => [
    { key, title, description, note: `its ${label}` },
    ...attributes
      .filter(({ name }) => name !== label)
      .map((column) => ({ key: `${key}.${column.name}`, title: `${title}: ${column.title}`, description: column.description })),
  ]);
  return [...parts, ...dimensions];
}

export function factOptions(fact, catalogue) {
  const own = fact.columns.map(({ name, title, description, unit }) => ({ key: name, title, description, note: unit }));
  const reached = catalogue.dimensions.filter(({ key }) => fact.dimensions.includes(key));
  return [...own, ...dimensionOptions({ date_parts: [], dimensions: reached })];
}

export const tableOptions = ({ attributes }) =>
  attributes.map(({ name, title, description, unit }) => ({ key: name, title, description, note: unit }));

// A template that is being made, without what is still blank: the server then says that it is missing.
export const bodyOfTemplate = (template) => Object.fromEntries(Object.entries(definitionOf(template)).filter(([, value]) => value !== ""));

// Whether there is enough of a template to look at its first rows.
export const isWhole = ({ kind, kpis, fact, dimensions }) =>
  kind === "custom" ? kpis.length > 0 : kind === "standard" ? Boolean(fact) : dimensions.length > 0;

"""Rules for a template: what it names exists in the catalogue and fits together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import MAX_DESCRIPTION, quote_value, suggest, text_issues
from export_jobs.core.catalogue.catalogue import DATE_PARTS, Catalogue
from export_jobs.core.catalogue.selection import facts_of, reachable_columns, resolve_column, tables_of
from export_jobs.core.definitions.job import Template, TemplateKind
from export_jobs.core.definitions.names import name_issues
from export_jobs.core.validation.rule import RuleContext, Rules

TEMPLATE_RULES: Rules[Template] = Rules()
MAX_DIMENSIONS = 5
MAX_ENTRIES = 500
_PARTS = ("fact", "columns", "kpis", "dimensions")
_PARTS_OF = {
    TemplateKind.STANDARD: ("fact", "columns"),
    TemplateKind.CUSTOM: ("kpis", "dimensions"),
    TemplateKind.DIMENSION: ("dimensions", "columns"),
}


@TEMPLATE_RULES.reads("name")
def template_name_fits_files(template: Template) -> Iterator[Issue]:
    """The name is part of a file's name."""
    yield from name_issues("name", template.name)


@TEMPLATE_RULES.reads("description")
def template_description_is_readable(template: Template) -> Iterator[Issue]:
    """Shown on pages."""
    yield from text_issues("description", template.description, limit=MAX_DESCRIPTION, lines=True)


@TEMPLATE_RULES.reads("kind", *_PARTS)
def kind_has_its_parts(template: Template) -> Iterator[Issue]:
    """Each kind needs some keys and does not use others; an ignored key would mislead its author."""
    needed = {TemplateKind.STANDARD: "fact", TemplateKind.CUSTOM: "kpis", TemplateKind.DIMENSION: "dimensions"}
    key = needed[template.kind]
    if not getattr(template, key):
        yield Issue(key, f"a {template.kind} template needs {key}, but none is given", "Name at least one")
    for part in _PARTS:
        if part not in _PARTS_OF[template.kind] and getattr(template, part):
            allowed = " and ".join(_PARTS_OF[template.kind])
            what = f"a {template.kind} template cannot have {part}; it can have {allowed}"
            yield Issue(part, what, "Remove it, or change the kind")


@TEMPLATE_RULES.reads("columns", "kpis", "dimensions")
def entries_are_unique(template: Template) -> Iterator[Issue]:
    """A receiver cannot distinguish two columns with the same name."""
    for part in ("columns", "kpis", "dimensions"):
        entries: Sequence[str] = getattr(template, part)
        if len(entries) > MAX_ENTRIES:
            yield Issue(
                part,
                f"there are {len(entries)} entries; at most {MAX_ENTRIES} are allowed",
                "Split it into several templates",
            )
            continue
        for index, entry in enumerate(entries):
            if entry in entries[:index]:
                yield Issue(f"{part}[{index}]", f"{quote_value(entry)} is listed twice", "Remove one of the two")


@TEMPLATE_RULES.looks_up("kind", "fact")
def template_fact_is_known(template: Template, context: RuleContext) -> Iterator[Issue]:
    """A standard template reads one fact of the catalogue."""
    if template.kind is TemplateKind.STANDARD and template.fact and template.fact not in context.catalogue.facts:
        yield _unknown_entry("fact", "fact", template.fact, context.catalogue, list(context.catalogue.facts))


@TEMPLATE_RULES.looks_up("kind", "kpis")
def kpis_are_known(template: Template, context: RuleContext) -> Iterator[Issue]:
    """Every KPI is in the catalogue, and so is its fact."""
    if template.kind is not TemplateKind.CUSTOM:
        return
    for index, key in enumerate(template.kpis):
        kpi = context.catalogue.kpis.get(key)
        if kpi is None:
            yield _unknown_entry(f"kpis[{index}]", "KPI", key, context.catalogue, list(context.catalogue.kpis))
        elif kpi.fact not in context.catalogue.facts:
            what = f"the KPI {key!r} uses the fact {kpi.fact!r}, which is not in the catalogue"
            yield Issue(f"kpis[{index}]", what, f"Restore facts/{kpi.fact}.sql, or correct kpis/{key}.sql")


@TEMPLATE_RULES.looks_up("kind", "kpis")
def facts_share_a_connection(template: Template, context: RuleContext) -> Iterator[Issue]:
    """Each fact is aggregated on its own, and one statement on one database joins the results."""
    if template.kind is not TemplateKind.CUSTOM:
        return
    facts = facts_of(template, context.catalogue)
    if len({(fact.connection, fact.dialect) for fact in facts}) > 1:
        where = "; ".join(f"{fact.key}: {fact.connection}" for fact in facts)
        what = f"the KPIs use facts on different connections ({where}), which one statement cannot read"
        yield Issue("kpis", what, "Create one template for each connection; a job can use both")


@TEMPLATE_RULES.reads("kind", "dimensions")
def dimensions_are_few(template: Template) -> Iterator[Issue]:
    """At most five, because each one multiplies the rows of the file."""
    count = len(template.dimensions)
    if template.kind is TemplateKind.CUSTOM and count > MAX_DIMENSIONS:
        yield Issue("dimensions", f"there are {count} dimensions; at most {MAX_DIMENSIONS} are allowed", "Remove some")
    if template.kind is TemplateKind.DIMENSION and count > 1:
        what = f"a dimension template exports one table, but {count} are named"
        yield Issue("dimensions", what, "Create one template for each")


@TEMPLATE_RULES.looks_up("kind", "dimensions")
def dimensions_are_known(template: Template, context: RuleContext) -> Iterator[Issue]:
    """Every dimension is in the catalogue, and one that is exported whole allows it."""
    if template.kind is TemplateKind.STANDARD:
        return
    dimensions = context.catalogue.dimensions
    for index, reference in enumerate(template.dimensions):
        path = f"dimensions[{index}]"
        is_custom = template.kind is TemplateKind.CUSTOM
        key, dot, attribute = reference.partition(".") if is_custom else (reference, "", "")
        if is_custom and reference in DATE_PARTS:
            continue
        if key not in dimensions:
            yield _unknown_entry(
                path, "dimension", key, context.catalogue, [*dimensions, *(DATE_PARTS if is_custom else ())]
            )
        elif dot and attribute not in dimensions[key].fields:
            what = f"the dimension {key!r} has no attribute {quote_value(attribute)}"
            yield Issue(path, what, suggest(attribute, dimensions[key].fields, none="Write only the dimension"))
        elif not is_custom and not dimensions[key].exportable:
            whole = [name for name, dimension in dimensions.items() if dimension.exportable]
            remedy = f"Choose one of {', '.join(whole)}" if whole else "Write exportable: true into its header"
            yield Issue(path, f"the dimension {key!r} may not be exported whole", remedy)


@TEMPLATE_RULES.looks_up("kind", "kpis", "dimensions")
def dimensions_are_reachable(template: Template, context: RuleContext) -> Iterator[Issue]:
    """Every fact reaches every dimension; otherwise its KPIs could not be grouped by it."""
    if template.kind is not TemplateKind.CUSTOM:
        return
    facts = facts_of(template, context.catalogue)
    shared = [set(context.catalogue.dimensions_of(fact.key)) for fact in facts]
    reached = sorted(set.intersection(*shared)) if shared else []
    for fact in facts:
        for index, reference in enumerate(template.dimensions):
            key = reference.partition(".")[0]
            if key in context.catalogue.dimensions and not context.catalogue.path(fact.key, key):
                all_of = "every fact of this template reaches" if len(facts) > 1 else "this fact reaches"
                remedy = f"Choose from {', '.join([*reached, *DATE_PARTS])}, which {all_of}"
                what = f"the fact {fact.key!r} does not reach the dimension {key!r}"
                yield Issue(f"dimensions[{index}]", what, remedy)


@TEMPLATE_RULES.looks_up("kind", "fact", "dimensions", "columns")
def columns_are_known(template: Template, context: RuleContext) -> Iterator[Issue]:
    """Columns are of the exported table, or of a dimension that its fact reaches."""
    if template.kind is TemplateKind.CUSTOM or len(template.columns) > MAX_ENTRIES:
        return
    for table in tables_of(template, context.catalogue):
        for index, name in enumerate(template.columns):
            if resolve_column(name, table, context.catalogue) is None:
                what = f"{table.key!r} has no column {quote_value(name)}"
                remedy = suggest(
                    name, reachable_columns(table, context.catalogue), none="The catalogue lists no columns for it"
                )
                yield Issue(f"columns[{index}]", what, remedy)


def _unknown_entry(path: str, noun: str, key: str, catalogue: Catalogue, keys: list[str]) -> Issue:
    """Report an entry that is not in the catalogue, or one whose file cannot be read: their remedies differ."""
    folder = f"{noun.lower()}s/{key}.sql"
    unread = next((issue for issue in catalogue.issues if issue.path.startswith((folder, "catalogue"))), None)
    if unread is not None:
        return Issue(
            path, f"the {noun} {quote_value(key)} cannot be read ({unread.path}: {unread.what})", unread.remedy
        )
    remedy = suggest(key, keys, none=f"The catalogue has no {noun} yet")
    return Issue(path, f"there is no {noun} {quote_value(key)} in the catalogue", remedy)

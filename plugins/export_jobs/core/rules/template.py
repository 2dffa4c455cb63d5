"""Rules of a template: what it names exists in the catalogue and fits together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from export_jobs.core.catalogue import Catalogue, Dimension, Fact, Kpi
from export_jobs.core.issue import Issue
from export_jobs.core.job import Template, TemplateKind
from export_jobs.core.names import name_issues
from export_jobs.core.rules.rule import Known, Rules
from export_jobs.core.text import MAX_DESCRIPTION, choice, shown, text_issues

TEMPLATE_RULES: Rules[Template] = Rules()
MAX_DIMENSIONS = 5
MAX_ENTRIES = 500
_PARTS = ("fact", "columns", "kpis", "dimensions")
_PARTS_OF = {
    TemplateKind.STANDARD: ("fact", "columns"),
    TemplateKind.CUSTOM: ("kpis", "dimensions"),
    TemplateKind.DIMENSION: ("dimensions", "columns"),
}


def facts_of(template: Template, catalogue: Catalogue) -> list[Fact]:
    """The known facts that a template reads, each once."""
    if template.kind is TemplateKind.STANDARD:
        keys = [template.fact or ""]
    elif template.kind is TemplateKind.CUSTOM:
        keys = [kpi.fact for kpi in _known_kpis(template, catalogue)]
    else:
        keys = []
    return [catalogue.facts[key] for key in dict.fromkeys(keys) if key in catalogue.facts]


@TEMPLATE_RULES.reads("name")
def name_fits_files(template: Template) -> Iterator[Issue]:
    """The name is part of a file's name."""
    yield from name_issues("name", template.name)


@TEMPLATE_RULES.reads("description")
def description_is_readable(template: Template) -> Iterator[Issue]:
    """Shown on pages."""
    yield from text_issues("description", template.description, limit=MAX_DESCRIPTION, lines=True)


@TEMPLATE_RULES.reads("kind", *_PARTS)
def kind_has_its_parts(template: Template) -> Iterator[Issue]:
    """Each kind needs some keys and has no use for others; an ignored key would mislead its author."""
    needed = {TemplateKind.STANDARD: "fact", TemplateKind.CUSTOM: "kpis", TemplateKind.DIMENSION: "dimensions"}
    key = needed[template.kind]
    if not getattr(template, key):
        yield Issue(key, f"a {template.kind} template needs {key}, and there is none", "Name at least one")
    for part in _PARTS:
        if part not in _PARTS_OF[template.kind] and getattr(template, part):
            allowed = " and ".join(_PARTS_OF[template.kind])
            what = f"a {template.kind} template has no {part}; it holds {allowed}"
            yield Issue(part, what, "Remove it, or change the kind")


@TEMPLATE_RULES.reads("columns", "kpis", "dimensions")
def entries_are_different(template: Template) -> Iterator[Issue]:
    """Two columns of one name cannot be told apart by the receiver."""
    for part in ("columns", "kpis", "dimensions"):
        entries: Sequence[str] = getattr(template, part)
        if len(entries) > MAX_ENTRIES:
            yield Issue(part, f"there are {len(entries)} entries; at most {MAX_ENTRIES} fit a file", "Make several")
            continue
        for index, entry in enumerate(entries):
            if entry in entries[:index]:
                yield Issue(f"{part}[{index}]", f"{shown(entry)} is listed twice", "Remove one of the two")


@TEMPLATE_RULES.looks_up("kind", "fact")
def fact_is_known(template: Template, known: Known) -> Iterator[Issue]:
    """A standard template reads one fact of the catalogue."""
    if template.kind is TemplateKind.STANDARD and template.fact and template.fact not in known.catalogue.facts:
        yield _unknown("fact", "fact", template.fact, known.catalogue, list(known.catalogue.facts))


@TEMPLATE_RULES.looks_up("kind", "kpis")
def kpis_are_known(template: Template, known: Known) -> Iterator[Issue]:
    """Every KPI is in the catalogue, and so is its fact."""
    if template.kind is not TemplateKind.CUSTOM:
        return
    for index, key in enumerate(template.kpis):
        kpi = known.catalogue.kpis.get(key)
        if kpi is None:
            yield _unknown(f"kpis[{index}]", "KPI", key, known.catalogue, list(known.catalogue.kpis))
        elif kpi.fact not in known.catalogue.facts:
            what = f"the KPI {key!r} is of the fact {kpi.fact!r}, which the catalogue does not hold"
            yield Issue(f"kpis[{index}]", what, f"Restore facts/{kpi.fact}.sql, or correct kpis/{key}.sql")


@TEMPLATE_RULES.looks_up("kind", "kpis")
def kpis_share_a_fact(template: Template, known: Known) -> Iterator[Issue]:
    """One statement aggregates one fact; joining two would count rows more than once."""
    if template.kind is not TemplateKind.CUSTOM:
        return
    by_fact: dict[str, list[str]] = {}
    for kpi in _known_kpis(template, known.catalogue):
        by_fact.setdefault(kpi.fact, []).append(kpi.key)
    if len(by_fact) > 1:
        groups = "; ".join(f"{fact}: {', '.join(keys)}" for fact, keys in by_fact.items())
        what = f"KPIs of several facts cannot share a file yet ({groups})"
        yield Issue("kpis", what, "Make one template for each fact; a job may use both")


@TEMPLATE_RULES.reads("kind", "dimensions")
def dimensions_are_few(template: Template) -> Iterator[Issue]:
    """Five at most, since the rows of a file multiply with each."""
    count = len(template.dimensions)
    if template.kind is TemplateKind.CUSTOM and count > MAX_DIMENSIONS:
        yield Issue("dimensions", f"there are {count} dimensions; at most {MAX_DIMENSIONS} are allowed", "Remove some")
    if template.kind is TemplateKind.DIMENSION and count > 1:
        what = f"a dimension template holds one table, and {count} are named"
        yield Issue("dimensions", what, "Make one template for each")


@TEMPLATE_RULES.looks_up("kind", "dimensions")
def dimensions_are_known(template: Template, known: Known) -> Iterator[Issue]:
    """Every dimension is in the catalogue; one exported whole allows that."""
    if template.kind is TemplateKind.STANDARD:
        return
    dimensions = known.catalogue.dimensions
    for index, key in enumerate(template.dimensions):
        path = f"dimensions[{index}]"
        if key not in dimensions:
            yield _unknown(path, "dimension", key, known.catalogue, list(dimensions))
        elif template.kind is TemplateKind.DIMENSION and not dimensions[key].exportable:
            whole = [name for name, dimension in dimensions.items() if dimension.exportable]
            remedy = f"Choose one of {', '.join(whole)}" if whole else "Write exportable: true into its header"
            yield Issue(path, f"the dimension {key!r} may not be exported whole", remedy)


@TEMPLATE_RULES.looks_up("kind", "kpis", "dimensions")
def dimensions_are_reachable(template: Template, known: Known) -> Iterator[Issue]:
    """A fact says by which of its columns it reaches a dimension; without one there is nothing to group by."""
    if template.kind is not TemplateKind.CUSTOM:
        return
    for fact in facts_of(template, known.catalogue):
        reached = known.catalogue.dimensions_of(fact.key)
        for index, key in enumerate(template.dimensions):
            if key in known.catalogue.dimensions and key not in reached:
                remedy = f"Choose from {', '.join(reached)}" if reached else "Remove it; this fact reaches none"
                what = f"the fact {fact.key!r} does not reach the dimension {key!r}"
                yield Issue(f"dimensions[{index}]", what, remedy)


@TEMPLATE_RULES.looks_up("kind", "fact", "dimensions", "columns")
def columns_are_known(template: Template, known: Known) -> Iterator[Issue]:
    """Columns come from the table that the file holds."""
    table: Fact | Dimension | None = None
    if template.kind is TemplateKind.STANDARD:
        table = known.catalogue.facts.get(template.fact or "")
    elif template.kind is TemplateKind.DIMENSION and template.dimensions:
        table = known.catalogue.dimensions.get(template.dimensions[0])
    if table is None:
        return
    for index, name in enumerate(template.columns):
        if name not in table.columns:
            what = f"{table.key!r} has no column {shown(name)}"
            remedy = choice(name, table.columns, none="The catalogue names no column of it")
            yield Issue(f"columns[{index}]", what, remedy)


def _known_kpis(template: Template, catalogue: Catalogue) -> list[Kpi]:
    return [catalogue.kpis[key] for key in template.kpis if key in catalogue.kpis]


def _unknown(path: str, noun: str, key: str, catalogue: Catalogue, keys: list[str]) -> Issue:
    """Not in the catalogue, or in a file of it that cannot be read: two different things to mend."""
    folder = f"{noun.lower()}s/{key}.sql"
    unread = next((issue for issue in catalogue.issues if issue.path.startswith((folder, "catalogue"))), None)
    if unread is not None:
        return Issue(path, f"the {noun} {shown(key)} cannot be read ({unread.path}: {unread.what})", unread.remedy)
    remedy = choice(key, keys, none=f"The catalogue has no {noun} yet")
    return Issue(path, f"there is no {noun} {shown(key)} in the catalogue", remedy)

"""Definitions as YAML: what is dumped is read back the same, and a shortened text is not mistaken for a whole one."""

from datetime import UTC, date, datetime, time

import yaml
from hypothesis import given

from export_jobs.core.base.yaml_file import parse_yaml
from export_jobs.core.definitions.dump import yaml_text
from export_jobs.core.definitions.job import (
    DefinitionFile,
    DestinationSpec,
    ExportJob,
    JobSpec,
    Schedule,
    Template,
    TemplateUse,
)
from export_jobs.core.validation.changes import Action, StoredDefinitions, plan_changes
from export_jobs.core.validation.definitions import parse_job
from tests.unit.core.strategies import SPECS

DESTINATION = DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="/exports")
TEMPLATE = Template(name="rows", kind="standard", fact="purchases")
JOB = JobSpec(
    name="daily",
    owner="a@example.com",
    destination="partner",
    schedule=Schedule(frequency="daily", valid_from=date(2024, 1, 1), valid_until=date(2024, 3, 31)),
    templates=[TemplateUse(template="rows")],
)


@given(SPECS)
def test_what_is_dumped_is_read_back_the_same(job: JobSpec) -> None:
    file = DefinitionFile(destinations=(DESTINATION,), templates=(TEMPLATE,), jobs=(job,))
    text = yaml_text(file)
    again = DefinitionFile.model_validate(parse_yaml(text.encode(), "dump").data)
    assert again == file, text
    values = {name: getattr(job, name) for name in JobSpec.model_fields}
    row = ExportJob(**values, job_id=1, version=1, dag_id="daily", template_definitions=(TEMPLATE,))
    stored = StoredDefinitions({"daily": row}, {"rows": TEMPLATE}, {"partner": DESTINATION})
    assert {change.action for change in plan_changes(again, stored)} == {Action.UNCHANGED}


def test_a_dump_looks_as_people_write_it() -> None:
    anchored = {"deliver_at": time(6, 30), "anchor": datetime(2024, 1, 5, tzinfo=UTC)}
    job = JOB.model_copy(update={"schedule": JOB.schedule.model_copy(update=anchored)})
    assert yaml_text(DefinitionFile(jobs=(job,))) == (
        "jobs:\n"
        "- name: daily\n"
        "  owner: a@example.com\n"
        "  destination: partner\n"
        "  schedule:\n"
        "    frequency: daily\n"
        "    from: 2024-01-01\n"
        "    until: 2024-03-31\n"
        "    deliver_at: 06:30\n"
        "  templates:\n"
        "  - template: rows\n"
    )


CHOSEN = TemplateUse.model_validate(
    {
        "template": "rows",
        "columns": ["region", {"column": "amount", "as": "Betrag, €"}],
        "filters": [
            {"column": "region", "op": "not in", "values": ["12", "north"]},
            {"column": "amount", "op": "is null"},
        ],
        "audience": [17, 18, 19],
        "order_by": ["-amount"],
    }
)


def test_what_a_job_chooses_looks_as_people_write_it() -> None:
    text = yaml_text(DefinitionFile(jobs=(JOB.model_copy(update={"templates": (CHOSEN,)}),)))
    assert text.partition("  - template: rows\n")[2] == (
        "    columns:\n"
        "    - region\n"
        "    - column: amount\n"
        "      as: Betrag, €\n"
        "    filters:\n"
        "    - column: region\n"
        "      op: not_in\n"
        "      values:\n"
        "      - '12'\n"
        "      - north\n"
        "    - column: amount\n"
        "      op: is_null\n"
        "    audience:\n"
        "    - '17'\n"
        "    - '18'\n"
        "    - '19'\n"
        "    order_by:\n"
        "    - -amount\n"
    )


def test_a_shortened_text_is_refused_and_the_whole_one_is_not() -> None:
    file = DefinitionFile(jobs=(JOB.model_copy(update={"templates": (CHOSEN,)}),))
    assert yaml_text(file, max_values=3) == yaml_text(file)
    for longest, refused in ((2, ["audience"]), (1, ["filters[0].values", "audience"])):
        raw = parse_yaml(yaml_text(file, max_values=longest).encode(), "shown").data["jobs"][0]
        job, issues = parse_job(raw)
        assert job is None
        assert [issue.path for issue in issues] == [f"templates[0].{path}" for path in refused]


def test_the_options_of_a_destination_are_written_where_they_are_not_the_defaults_and_read_back() -> None:
    place = {"tag": "box", "kind": "s3", "connection": "c", "folder": "bucket/in"}
    options = {"encryption": "aws:kms", "kms_key": "alias/out", "bucket_key": True, "tags": {"team": "exports"}}
    file = DefinitionFile.model_validate({"destinations": [{**place, **options}]})
    written = yaml.safe_load(yaml_text(file))
    assert written == {"destinations": [{**place, **options}]}
    assert list(written["destinations"][0])[:4] == list(place)
    assert DefinitionFile.model_validate(written) == file

"""Which columns of a file tell of a person."""

from __future__ import annotations

import pytest

from export_jobs.core.catalogue.personal import personal_columns
from export_jobs.core.definitions.column_use import ColumnUse
from export_jobs.core.definitions.job import Template, TemplateUse
from tests.unit.core.samples import catalogue
from tests.unit.core.shop import shop


@pytest.mark.parametrize(
    ("columns", "personal"),
    [
        (("purchase_id", "customer_id", "amount_usd"), {1}),
        (("customer.joined_on", "store.region"), {0}),
        (("store", "purchased_at"), set()),
    ],
)
def test_keys_of_customers_and_what_is_known_of_them(columns: tuple[str, ...], personal: set[int]) -> None:
    template = Template(name="t", kind="standard", fact="purchases")
    use = TemplateUse(template="t", columns=tuple(ColumnUse(column=name) for name in columns))
    assert personal_columns(template, use, catalogue()) == personal


def test_a_column_that_the_catalogue_marks_wherever_it_is_shown() -> None:
    marked = {"columns": {"store_id": "integer", "name": {"type": "text", "personal": True}}}
    template = Template(name="t", kind="dimension", dimensions=("store",))
    assert personal_columns(template, TemplateUse(template="t"), shop(store=marked)) == {1}

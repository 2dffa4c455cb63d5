"""Strategies for any job that the store can contain, with texts that YAML might read as something else."""

from datetime import date

from hypothesis import strategies as st

from export_jobs.core.definitions.filter import Operator
from export_jobs.core.definitions.job import DateBasis, FileOptions, Frequency, JobSpec, Schedule, TemplateUse

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30)
DAYS = st.dates(date(1901, 1, 1), date(2199, 1, 1))
ODD = ["yes", "12", "012", "1e5", "0x1f", "1_000", "10:30", "2024-01-01", "null", "~", "", "-", "a: b", "- a", "\x85"]
ANY = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TYPED = ANY | st.integers() | st.decimals(allow_nan=False) | st.booleans() | st.dates() | st.datetimes()
USES = st.fixed_dictionaries(
    {
        "template": st.just("rows"),
        "subfolder": st.sampled_from(["", "a/b"]),
        "date_basis": st.none() | st.sampled_from(list(DateBasis)),
        "columns": st.lists(ANY | st.fixed_dictionaries({"column": ANY, "as": ANY}), max_size=3),
        "filters": st.lists(
            st.fixed_dictionaries(
                {"column": ANY, "op": st.sampled_from(list(Operator)), "values": st.lists(TYPED, max_size=3) | TYPED}
            ),
            max_size=3,
        ),
        "audience": st.lists(TYPED, max_size=3),
        "order_by": st.lists(ANY, max_size=3),
    }
).map(TemplateUse.model_validate)
SPECS = st.builds(
    JobSpec,
    name=st.just("daily"),
    description=TEXT
    | st.sampled_from(["yes", "10:30", "2024-01-01", "1e5", "0x1f", "007", "null", "<<", "=", "a\nb "]),
    owner=TEXT,
    destination=st.just("partner"),
    recipients=st.lists(TEXT, max_size=3).map(tuple),
    enabled=st.booleans(),
    schedule=st.fixed_dictionaries(
        {
            "frequency": st.sampled_from(list(Frequency)),
            "execute_on": st.none() | st.sampled_from(["sunday", "31", "last"]),
            "from": DAYS,
            "until": DAYS,
            "deliver_at": st.times().map(lambda clock: clock.replace(microsecond=0)),
            "deliver_on": st.none() | DAYS,
            "deliver_after_days": st.integers(1, 92),
            "time_zone": st.sampled_from(["UTC", "Europe/Berlin"]),
        }
    ).map(Schedule.model_validate),
    templates=st.lists(USES, max_size=2).map(tuple),
    file=st.builds(FileOptions, delimiter=st.sampled_from([",", "\t", "|"]), null_text=TEXT, header=st.booleans()),
)

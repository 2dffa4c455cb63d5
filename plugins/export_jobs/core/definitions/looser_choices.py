"""For each option of a destination that is less safe than the default: a sentence for people about what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from export_jobs.core.definitions.destination import DestinationOptions

_LOST: dict[tuple[str, object], str] = {
    (
        "publish",
        "direct",
    ): "A receiver can see and take an incomplete file; a done file shows that everything is there.",
    ("replace", "remove_then_rename"): "While a file is replaced, there is briefly no file of its name.",
    ("foreign_file", "replace"): "A delivery replaces a file of the same name that another program put there.",
    ("foreign_file", "keep_both"): "A file of the same name that another program put there gets another name.",
    ("probe", "login_only"): "A missing right to write or rename is found only after the rows have been read.",
    ("verify", "none"): "Nobody notices if the server stores a file incompletely or wrongly.",
    ("verify", "read_back"): "Each file is read back, which doubles the traffic and the time.",
    (
        "legacy_algorithms",
        True,
    ): "Old algorithms are allowed: somebody who records the traffic may be able to decrypt it one day.",
    ("plain_ftp", True): "Anybody on the network path can read the password and every file, and change them.",
}
_LOST_BY_ANY: dict[str, str] = {
    "probe_folder": "Only the first delivery shows whether the folder itself can be written to.",
    "temporary_name": "A receiver that selects files by name may take unfinished ones.",
    "parallel": "An unfinished upload may have holes in it.",
    "keep_days": "A file is removed after this many days, whether or not somebody has downloaded it.",
    "max_logins": "Deliveries to this destination wait for each other.",
}


@dataclass(frozen=True)
class LooserChoice:
    """An option as in YAML, the chosen value, and the sentence that says what it costs."""

    option: str
    value: str
    loses: str


def looser_choices(options: DestinationOptions) -> list[LooserChoice]:
    """Return every option that is less safe than its default, in the order of the options."""
    found = []
    for name, value in options.non_default_options().items():
        lost = _LOST.get((name, value)) or _LOST_BY_ANY.get(name)
        if lost is not None:
            found.append(LooserChoice(name, str(value).lower() if isinstance(value, bool) else str(value), lost))
    return found

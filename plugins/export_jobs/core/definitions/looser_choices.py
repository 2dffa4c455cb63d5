"""What is lost by each choice of a destination that is looser than the default, in a sentence for pages and people."""

from __future__ import annotations

from dataclasses import dataclass

from export_jobs.core.definitions.destination import DestinationOptions

_LOST: dict[tuple[str, object], str] = {
    ("publish", "direct"): "A receiver can see, and take, a part of a file; a done file tells it that all is there.",
    ("replace", "remove_then_rename"): "While a file is replaced, for a moment none of its name is there.",
    ("foreign_file", "replace"): "A file of the same name that another program put there is gone after a delivery.",
    ("foreign_file", "keep_both"): "A file of the same name that another program put there gets another name.",
    ("probe", "login_only"): "A missing right to write or rename is found only after the rows were read.",
    ("verify", "none"): "A file that the server stored short, or wrong, is not noticed.",
    ("verify", "read_back"): "Each file is read back, which doubles the traffic and the time.",
    (
        "legacy_algorithms",
        True,
    ): "Whoever can listen to the line may one day read what is sent: old algorithms are allowed.",
    ("plain_ftp", True): "Whoever sits on the line reads the password and every file, and can change them.",
}
_LOST_BY_ANY: dict[str, str] = {
    "probe_folder": "The right to write into the folder itself is proven by the first delivery alone.",
    "temporary_name": "A receiver may take unfinished files for finished ones if it looks at their names.",
    "parallel": "An unfinished upload may have holes in it.",
    "keep_days": "A file is removed after so many days, whether somebody has taken it or not.",
    "max_logins": "Deliveries to this destination wait for each other.",
}


@dataclass(frozen=True)
class LooserChoice:
    """An option as YAML has it, the value that was chosen, and the sentence that says what that loses."""

    option: str
    value: str
    loses: str


def looser_choices(options: DestinationOptions) -> list[LooserChoice]:
    """Every choice that is looser than its default, in the order of the options."""
    found = []
    for name, value in options.chosen().items():
        lost = _LOST.get((name, value)) or _LOST_BY_ANY.get(name)
        if lost is not None:
            found.append(LooserChoice(name, str(value).lower() if isinstance(value, bool) else str(value), lost))
    return found

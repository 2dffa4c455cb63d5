"""The state of a job: what its icon says, and why it is red."""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    """The four icons of the list."""

    YET_TO_EXECUTE = "yet_to_execute"
    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    UNABLE_TO_EXECUTE = "unable_to_execute"


class Cause(StrEnum):
    """Why a job is unable to execute."""

    NONE = ""
    BROKEN = "broken"
    FAILED = "failed"
    REFUSED = "refused"
    OVERDUE = "overdue"

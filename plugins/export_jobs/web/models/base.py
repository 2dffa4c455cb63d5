"""The base of every body and every answer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ApiModel(BaseModel):
    """A body or an answer. An unknown key is an error: a misspelt one must not be lost in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class EmptyBody(ApiModel):
    """The body ``{}``: there is nothing to say, and a browser sends JSON to its own site only."""

"""The base class of every request and response body."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ApiModel(BaseModel):
    """A request or response body. An unknown key is an error, so that a misspelt key is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class EmptyBody(ApiModel):
    """The body ``{}``. It has no values, but it must be JSON: a browser sends JSON only to its own site."""

"""Bodies that our own validation reads, so that all issues are reported at once; OpenAPI describes them too."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from export_jobs.core.definitions.job import JobSpec, Template
from export_jobs.core.definitions.key import KeySpec
from export_jobs.web.models.detail import JobChange

RawBody = Annotated[dict[Any, Any], Body()]
"""An unvalidated JSON object. A key may contain half a character, which pydantic would refuse without a path."""


class NewJob(JobSpec):
    """A job with the templates that are created with it."""

    new_templates: tuple[Template, ...] = Field(default=())


_BODIES: tuple[type[BaseModel], ...] = (NewJob, JobChange, Template, KeySpec)
_PLACE = "#/components/schemas/{model}"


def request_body(model: type[BaseModel]) -> dict[str, Any]:
    """Return a route's ``openapi_extra``, which describes its body by ``model``, whatever reads the body."""
    schema = {"$ref": _PLACE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def request_body_schemas() -> dict[str, Any]:
    """Return the schemas that ``request_body`` refers to, by name."""
    document = models_json_schema([(model, "validation") for model in _BODIES], ref_template=_PLACE, by_alias=True)[1]
    schemas: dict[str, Any] = document["$defs"]
    return schemas

"""Refuse unknown query parameters. If they were ignored, a misspelt ``dry_run`` would do the real thing."""

from __future__ import annotations

from fastapi import Request
from fastapi.dependencies.utils import get_flat_dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from export_jobs.core.base.issue import Issue
from export_jobs.web.http.error_responses import RequestRefusal


def refuse_unknown_parameters(request: Request) -> None:
    """Refuse with 422 every query parameter that the route of ``request`` does not have."""
    route = request.scope["route"]
    taken = query_parameter_names(route)
    unknown = sorted(set(request.query_params) - taken)
    if unknown:
        remedy = f"Use only {', '.join(sorted(taken))}" if taken else "Leave the query out"
        raise RequestRefusal(422, [Issue(name, "this address has no such query parameter", remedy) for name in unknown])


def query_parameter_names(route: APIRoute) -> set[str]:
    """Return the names of all query parameters of a route, including those of models."""
    names: set[str] = set()
    for parameter in get_flat_dependant(route.dependant).query_params:
        model = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            names |= set(model.model_fields)
        else:
            names.add(parameter.alias)
    return names

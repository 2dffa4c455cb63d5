"""Request and response bodies of the API. Unknown keys are refused."""

from export_jobs.web.models.base import ApiModel, EmptyBody

__all__ = ["ApiModel", "EmptyBody"]

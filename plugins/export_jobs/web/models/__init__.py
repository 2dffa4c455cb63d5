"""What goes over the wire: exact, declared, unknown keys refused."""

from export_jobs.web.models.base import ApiModel, EmptyBody

__all__ = ["ApiModel", "EmptyBody"]

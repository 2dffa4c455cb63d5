"""What goes over the wire: exact, declared, unknown keys refused."""

from export_jobs.web.models.base import NoBody, Wire

__all__ = ["NoBody", "Wire"]

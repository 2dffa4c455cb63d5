"""The configured catalogue of this installation."""

from __future__ import annotations

from export_jobs import settings
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue


def load_configured_catalogue() -> Catalogue:
    """Read the catalogue from ``EXPORT_JOBS_CATALOGUE``; raise ``UserError`` when that folder is missing."""
    return load_catalogue(settings.catalogue_folder(), settings.catalogue_variables())

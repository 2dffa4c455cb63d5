"""The catalogue that this installation is set up with."""

from __future__ import annotations

from export_jobs import settings
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue


def load_configured_catalogue() -> Catalogue:
    """Read from ``EXPORT_JOBS_CATALOGUE``; raises ``UserError`` when that folder is missing."""
    return load_catalogue(settings.catalogue_folder(), settings.catalogue_variables())

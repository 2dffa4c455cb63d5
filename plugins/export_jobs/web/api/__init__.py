"""The API, one module a noun; each exports ``router``, made by ``audit.api_router``, and is found by its being here."""

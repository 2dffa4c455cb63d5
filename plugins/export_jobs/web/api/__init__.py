"""The API, one module per noun. Each exports ``router`` (see ``audit_log.api_router``); ``app.py`` finds them all."""

"""Mails: what they say (``message.py``), how one is sent (``server.py``), what an answer means (``rules.py``)."""

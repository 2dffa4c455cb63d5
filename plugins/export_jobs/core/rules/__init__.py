"""The rules of meaning, one small function each; ``core/validation.py`` is the door to all of them."""

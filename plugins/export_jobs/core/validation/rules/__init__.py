"""The rules of meaning, one small function each; ``core/validation/definitions.py`` is the door to all of them."""

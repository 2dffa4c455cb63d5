"""What is tried, by kind: text that some layer between a definition and a delivered file could take for code."""

from __future__ import annotations

PAYLOADS: dict[str, dict[str, str]] = {
    "SQL": {
        "drop": "'; DROP TABLE canary; --",
        "drop after a name": '"; DROP TABLE canary; --',
        "drop in a list": "x'}'); DROP TABLE canary; --",
        "drop after COPY": "x) TO STDOUT; DROP TABLE canary; COPY (SELECT 1",
        "dollar quotes": "$$; DROP TABLE canary; --",
        "dollar tag": "$x$; DROP TABLE canary; --$x$",
        "backslash": "\\'; DROP TABLE canary; --",
        "lone backslash": "\\",
        "lone quote": "'",
        "stacked": "x'; DROP TABLE canary; SELECT 1, 'x' FROM notes AS fact WHERE 'x' = '",
        "or": "' OR '1'='1",
        "union": "' UNION SELECT secret FROM canary --",
        "comment": "/* */ 1; DROP TABLE canary",
        "line comment": "-- x",
        "sleep": "'||pg_sleep(60)||'",
        "like wildcard": "_%_",
        "letter apostrophe": "\u02bc; DROP TABLE canary; --",
        "wide apostrophe": "\uff07; DROP TABLE canary; --",
    },
    "placeholder": {
        "percent": "%",
        "positional": "%s",
        "named": "%(window_start)s",
        "unknown": "%(nobody)s",
        "double": "%%",
        "format": "{0.__class__}",
    },
    "Jinja": {
        "sum": "{{ 7*7 }}",
        "password": "{{ conn.x.password }}",
        "loop": "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
        "open": "{{",
    },
    "path": {
        "climbs": "../../x",
        "absolute": "/etc/passwd",
        "Windows": "..\\..\\x",
        "home": "~/.ssh/id_rsa",
        "shell": "$(touch x)",
    },
    "CSV": {
        "formula": "=cmd|' /C calc'!A0",
        "comma": "a,b",
        "double quote": 'a"b',
        "lone double quote": '"',
        "end of COPY": "\\.",
    },
    "line break": {
        "mail header": "a\r\nBcc: x@example.com",
        "line feed": "a\nb",
        "line separator": "a\u2028b",
    },
    "NUL": {"inside": "a\0b"},
    "1 MB": {"letters": "x" * 1_000_000},
    "direction": {"right to left": "\u202ecod.exe"},
    "half letter": {"surrogate": "a\ud800"},
    "other letters": {
        "emoji": "😀",
        "joined": "👩\u200d👧",
        "Arabic": "ملاحظة",
        "markup": "<script>alert(1)</script>",
    },
}

ALL = {f"{kind}: {name}": text for kind, group in PAYLOADS.items() for name, text in group.items()}
"""Every payload by a name that says its kind first."""

_INVISIBLE = {"line break", "NUL", "1 MB", "direction", "half letter"}
VISIBLE = {name for name in ALL if name.partition(":")[0] not in _INVISIBLE}
"""Text that a person can read in one line: there is no reason to refuse it where any text may stand."""

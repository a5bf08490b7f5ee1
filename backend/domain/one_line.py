"""Text that must stay on one line: names, subjects, headers."""

from __future__ import annotations

import unicodedata

LINE_ENDERS = {"Cc", "Cs", "Zl", "Zp", "Zs"}
TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would reverse what follows


def one_line(text: str, length: int) -> str:
    """`text` with control characters and line ends as spaces, and no longer than `length`."""
    kept = text if text.isprintable() else "".join(map(_kept, text))  # which none of those below is
    line = " ".join(kept.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _kept(one: str) -> str:
    return "" if one in TURNERS else " " if unicodedata.category(one) in LINE_ENDERS else one

"""The piece of a text that shows why it was found, with the found words marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape

from backend.domain.analyse import plain, spelling, tokens
from backend.domain.query_nodes import Words

WIDTH = 240  # characters, about
_LINES = re.compile(r"\s+")
_CUT = re.compile(rf".{{1,{WIDTH}}}(?:\s|$)|\S{{{WIDTH}}}", re.DOTALL)


def snippet(text: str, sought: Sequence[Words]) -> str | None:
    """The piece with the most of the sought words, as HTML: all escaped but `<mark>`. None without any."""
    text = unicodedata.normalize("NFC", text)
    wanted = [" " + " ".join(words.terms) + ("" if words.prefix else " ") for words in sought]
    best, most = "", 0
    for piece in _likely(_CUT.findall(text), sought):
        terms = f" {plain(piece)} "
        found = sum(want in terms for want in wanted)
        if found > most:
            best, most = piece, found
        if most == len(wanted):
            break
    return _marked(best.strip(), sought) if best else None


def _likely(pieces: list[str], sought: Sequence[Words]) -> list[str]:
    """The pieces that hold a word as it is usually written; all, if none does. Analysing each is slower."""
    written = [spelling(words.terms) for words in sought]
    return [piece for piece in pieces if any(word in piece.lower() for word in written)] or pieces


def _marked(piece: str, sought: Sequence[Words]) -> str:
    spans = _spans(piece, sought)
    text, last = "", 0
    for start, end in spans:
        if start >= last:
            text += f"{escape(piece[last:start])}<mark>{escape(piece[start:end])}</mark>"
            last = end
    return _LINES.sub(" ", text + escape(piece[last:]))


def _spans(piece: str, sought: Sequence[Words]) -> list[tuple[int, int]]:
    found = tokens(piece)
    spans = []
    for words in sought:
        width = len(words.terms)
        for at in range(len(found) - width + 1):
            here = tuple(token.term for token in found[at : at + width])
            if here == words.terms or (words.prefix and here[0].startswith(words.terms[0])):
                spans.append((found[at].start, found[at + width - 1].end))
    return sorted(spans, key=lambda span: (span[0], -span[1]))

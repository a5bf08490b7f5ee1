"""The piece of a text that shows why it was found, with the found words marked."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import islice

from backend.domain.analyse import plain, spelling, tokens
from backend.domain.inflect import alternatives
from backend.domain.query_nodes import TextField, Words
from backend.domain.richtext import rough_text_of

WIDTH = 240  # characters, about
_BEFORE_FIRST = 80  # characters shown before the first word, about
LONGEST = 50_000  # characters of a text that are looked at
_TRIED = 5  # pieces analysed to find one that shows a word
_LINES = re.compile(r"\s+")
_CUT = re.compile(rf".{{1,{WIDTH}}}(?:\s|$)|\S{{{WIDTH}}}", re.DOTALL)
_BEFORE, _AFTER, _WORD = re.compile(r"\S+\Z"), re.compile(r"\S+"), re.compile(r"[^\W_]+")
_FOREIGN_LETTER = re.compile(r"[^\W\x00-\x7f]")
_GAP = r"(?:[^a-z0-9<&\x80-\U0010ffff]|[\xa0\u2010-\u2015]|<[^<>]{0,200}>|&[a-z0-9#]{2,8};){1,12}"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Sought:
    """Words to be marked. `root`: how every form of them begins; `written`: how they mostly look.

    `phrase` finds a phrase of plain words, whatever stands between them in a text or in HTML.
    """

    words: Words
    root: str
    written: str
    keys: frozenset[str]
    phrase: re.Pattern[str] | None = None

    @property
    def is_plain(self) -> bool:
        """Without a foreign letter a text in which this is not found as written does not hold it."""
        return self.phrase is not None or self.written == self.root

    def places(self, text: str) -> Iterator[int]:
        """Where it may begin, as it is usually written."""
        if self.phrase is not None:
            yield from (match.start() for match in self.phrase.finditer(text))
            return
        at = text.find(self.written)
        while at >= 0:
            yield at
            at = text.find(self.written, at + 1)

    def stand(self, here: Sequence[str]) -> bool:
        """Whether these terms, as many as the words have, are the words."""
        if not here or not here[0].startswith(self.root):
            return False
        words = self.words
        if words.prefix or tuple(here) == words.terms:
            return True
        return not words.exact and not self.keys.isdisjoint(alternatives(here[0]))


def snippet(text: str, words: Sequence[Words]) -> str | None:
    """The piece with the most of the sought words, as HTML: all escaped but `<mark>`. None without any."""
    sought = _prepared(tuple(words))
    text = unicodedata.normalize("NFC", text[:LONGEST])
    best, marked, most = "", list[Span](), 0
    for piece, seems in islice(_likely(text, sought), _TRIED):
        if most >= seems:
            break
        spans = _spans(piece, sought)
        found = len({number for number, _ in spans})
        if found > most:
            best, marked, most = piece, [span for _, span in spans], found
    return _marked(best, marked) if best else None


def snippet_of(html: str, words: Sequence[Words]) -> str | None:
    """As `snippet`, of a description: its tags are taken away around the likeliest place, if that will do."""
    sought = _prepared(tuple(words))
    hits = sorted(_hits(html.lower(), sought))
    if not hits and not (_may_be_written_otherwise(html, sought) and _count(html, sought)):
        return None
    shown = snippet(rough_text_of(_around(html, hits)), words) if hits else None
    return shown or snippet(rough_text_of(html), words)


def _around(html: str, hits: Sequence[tuple[int, int]]) -> str:
    """What stands around the most different words, from the end of a word or tag to the end of another."""
    best, most, first = 0, 0, 0
    for last, (at, _) in enumerate(hits):
        while hits[first][0] < at - WIDTH // 2:
            first += 1
        held = len({number for _, number in hits[first : last + 1]})
        if held > most:
            best, most = hits[first][0], held
    start = max(0, best - _BEFORE_FIRST)
    if html.rfind("<", 0, start) > html.rfind(">", 0, start):
        start = html.find(">", start) + 1
    elif start:
        blank = html.find(" ", start, best)
        start = blank + 1 if blank >= 0 else best
    end = start + 2 * WIDTH
    if end < len(html):
        end = max(html.rfind(" ", start, end), html.rfind("<", start, end))
        if html.rfind("<", start, end) > html.rfind(">", start, end):
            end = html.rfind("<", start, end)
    return html[start:end]


def marked(text: str, words: Sequence[Words], field: TextField) -> str | None:
    """A whole title, company or place, marked as a snippet is: why it was found. None without any word."""
    sought = _prepared(tuple(one for one in words if one.field in (None, field)))
    text = unicodedata.normalize("NFC", text)
    spans = [span for _, span in _spans(text, sought)]
    return _marked(text, spans) if spans else None


@lru_cache(maxsize=500)
def _prepared(sought: tuple[Words, ...]) -> tuple[_Sought, ...]:
    return tuple(map(_sought, sought))


def _sought(words: Words) -> _Sought:
    first = words.terms[0]
    if not words.exact:
        return _Sought(words, _root(first), _root(first), frozenset(alternatives(first)))
    is_phrase = len(words.terms) > 1 and all(one.isascii() and spelling((one,)) == one for one in words.terms)
    phrase = re.compile(_GAP.join(words.terms) + "(?![a-z0-9])") if is_phrase else None
    return _Sought(words, first, spelling(words.terms), frozenset(), phrase)


def _root(term: str) -> str:
    """What its stems leave of it, less two letters, which differ from form to form (company, companies)."""
    stems = [key.partition(":")[2] for key in alternatives(term)]
    ends = (at for at, letter in enumerate(term) if any(stem[at : at + 1] != letter for stem in stems))
    return term[: max(3, next(ends, len(term)) - 2)]


def _likely(text: str, sought: Sequence[_Sought]) -> Iterator[tuple[str, int]]:
    """The pieces that seem to hold words, the most first, and how many: to analyse each would be slow."""
    lower = text.lower()
    hits = list(_hits(lower, sought)) if len(lower) == len(text) else []
    if hits:
        pieces = [match.span() for match in _CUT.finditer(text)]
        starts = [start for start, _ in pieces]
        held: dict[int, set[int]] = {}
        for at, number in hits:
            held.setdefault(bisect_right(starts, at) - 1, set()).add(number)
        for place in sorted(held, key=lambda place: (-len(held[place]), place)):
            yield text[slice(*pieces[place])], len(held[place])
    elif _may_be_written_otherwise(text, sought) and _count(text, sought):
        for piece in _CUT.findall(text):
            if number := _count(piece, sought):
                yield piece, number


def _hits(text: str, sought: Sequence[_Sought]) -> Iterator[tuple[int, int]]:
    """Where words stand as they are usually written, and the number of each."""
    for number, one in enumerate(sought):
        for at in one.places(text):
            if at == 0 or not text[at - 1].isalnum():
                yield at, number


def _may_be_written_otherwise(text: str, sought: Sequence[_Sought]) -> bool:
    """With accents, in another script, or as a name."""
    unlike = [one.root for one in sought if not one.is_plain]
    return bool(_FOREIGN_LETTER.search(text)) or any(root in text.lower() for root in unlike)


def _count(text: str, sought: Sequence[_Sought]) -> int:
    terms = f" {plain(text)}"
    return sum(f" {one.root}" in terms for one in sought)


def _spans(piece: str, sought: Sequence[_Sought]) -> list[tuple[int, Span]]:
    """Where the words stand, with the number of each."""
    plainly = not _FOREIGN_LETTER.search(piece) and all(one.written == one.root for one in sought)
    spans = _spans_as_written if plainly else _spans_otherwise
    return sorted(spans(piece, sought), key=lambda span: (span[1][0], -span[1][1]))


def _spans_as_written(piece: str, sought: Sequence[_Sought]) -> Iterator[tuple[int, Span]]:
    """Of single words: only what stands around a likely place is analysed."""
    for at, number in _hits(piece.lower(), sought):
        before, after = _BEFORE.search(piece, 0, at), _AFTER.match(piece, at)
        near = plain(after[0]).split() if after else []
        if before and plain(before[0] + (after[0] if after else "")).split()[-len(near) :] != near:
            continue  # part of a name: the net of .net
        if sought[number].stand(near[:1]):
            word = _WORD.match(piece, at)
            yield number, (at, word.end() if word else at)


def _spans_otherwise(piece: str, sought: Sequence[_Sought]) -> Iterator[tuple[int, Span]]:
    found = tokens(piece)
    terms = [token.term for token in found]
    for number, one in enumerate(sought):
        width = len(one.words.terms)
        for at in range(len(found) - width + 1):
            if one.stand(terms[at : at + width]):
                yield number, (found[at].start, found[at + width - 1].end)


def _marked(piece: str, spans: Sequence[Span]) -> str:
    text, last = "", 0
    for start, end in spans:
        if start >= last:
            text += f"{escape(piece[last:start])}<mark>{escape(piece[start:end])}</mark>"
            last = end
    return _LINES.sub(" ", text + escape(piece[last:])).strip()

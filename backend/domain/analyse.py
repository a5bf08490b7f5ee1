"""Text -> terms: the one analyser of search and matching.

`plain` writes a text as its terms with single spaces between them. The index splits that at the spaces and
matching looks into it, so both see the same terms by construction. `tokens` says where in the text each
term stands. A term is letters, marks and digits only, folded (case, accents, width). Chinese, Japanese,
Korean and the scripts that put no spaces between words become overlapping pairs, the last character of a
run following alone, so that every character begins a term. Names such as `c++` become one plain word first.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

VERSION = 3  # an index made by another version is rebuilt
BREAK = "\N{PILCROW SIGN}"  # never in a term: keeps phrases from crossing from one text into the next

_LONGEST = 64  # of a longer word only so many characters count
_PAIRED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3031-\u30ff\u3131-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U0001b000-\U0001b16f"
    "\U00020000-\U0003fffd"
)
_HANGUL = re.compile("[\u3131-\u318f\uac00-\ud7a3\uffa0-\uffdc]")
_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")  # parts of syllables that make up none
_SHAPE = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # say how a character looks
_VOICING = "\u3099\u309a"
_UNIT = rf"[{_PAIRED}][{_VOICING}]?"
_UNITS = re.compile(_UNIT)
_RUN = re.compile(rf"(?:{_UNIT})+")
_LETTER = r"a-z0-9\x80-\U0010ffff"
_WORD = re.compile(rf"([{_LETTER}]{{1,{_LONGEST}}})[{_LETTER}]*")
_SPACED = rf"(?:(?![{_PAIRED}])[{_LETTER}])"
_PIECE = re.compile(rf"(?P<run>(?:{_UNIT})+)|(?P<word>{_SPACED}{{1,{_LONGEST}}}){_SPACED}*")
_SEPARATORS = bytes(one if chr(one).isalnum() else ord(" ") for one in range(128)) + bytes(128)

_FRAMEWORKS = "angular|backbone|ember|express|nest|next|nuxt|react|svelte|three|vue"
_START = rf"(?:(?<![{_LETTER}])|(?<=[{_PAIRED}]))"
_END = rf"(?!{_SPACED})"


class _Name(NamedTuple):
    """A kind of names such as c++. A text is looked through for the sign, then the hint, then the name."""

    sign: str
    hint: re.Pattern[str]
    name: re.Pattern[str]
    word: str


_NAMES = tuple(
    _Name(sign, re.compile(hint), re.compile(name), word)
    for sign, hint, name, word in (
        ("++", r"\+\+", rf"{_START}([a-z]{{1,16}})\+\+", r" \1plusplus "),
        ("#", r"#(?![a-z])", rf"{_START}([a-z])#(?:{_END}|(?=[0-9]))", r" \1sharp "),
        (
            ".net",
            r"\.net",
            rf"(?:{_START}|(?<={_START}(?:asp|ado))|(?<={_START}vb))\.net(?![a-z])",
            " dotnet ",
        ),
        ("node", r"node\.?js", rf"{_START}node\.?js{_END}", " nodejs "),
        ("js", r"js(?![a-z0-9])", rf"{_START}({_FRAMEWORKS})js{_END}", r" \1 js "),
        ("&", r"&[a-z](?![a-z0-9])", rf"{_START}([a-z])&([a-z]){_END}", r" \1ampersand\2 "),
    )
)
_SPELLINGS = (
    (re.compile(r"dotnet"), ".net"),
    (re.compile(r"nodejs"), "node.js"),
    (re.compile(r"([a-z]{1,16})plusplus"), r"\1++"),
    (re.compile(r"([a-z])sharp"), r"\1#"),
    (re.compile(r"([a-z])ampersand([a-z])"), r"\1&\2"),
)
_ALSO = str.maketrans(
    dict(zip("łøđıħðŧ", "lodihdt", strict=True))
    | {"æ": "ae", "œ": "oe", "þ": "th", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": ""}
)


@dataclass(frozen=True, slots=True)
class Token:
    """A term and where it stands: text[start:end], in characters of the composed (NFC) text."""

    term: str
    position: int
    start: int
    end: int


def plain(text: str) -> str:
    """The terms of a text, in order, with single spaces between them. plain(plain(x)) == plain(x)."""
    return " ".join(terms(text))


def plain_parts(texts: Iterable[str]) -> str:
    """Several texts as one, with a break between them that no phrase crosses."""
    return f" {BREAK} ".join(filter(None, map(plain, texts)))


def terms(text: str) -> tuple[str, ...]:
    """The terms of a text, in order."""
    folded = _fold(text)
    for sign, hint, name, word in _NAMES:
        if sign in folded and hint.search(folded):
            folded = _named(folded, hint, name, word)
    if not folded.isascii():
        return tuple(_WORD.findall(_RUN.sub(_spaced_pairs, folded)))
    words = folded.encode().translate(_SEPARATORS).decode().split()  # ten times as fast as a pattern
    if max(map(len, words), default=0) > _LONGEST:
        words = [word[:_LONGEST] for word in words]
    return tuple(words)


def asked_terms(text: str) -> tuple[str, ...]:
    """The terms by which to look for a text: without the lone character that ends a run of pairs."""
    found = terms(text)
    if len(found) > 1 and is_lone(found[-1]) and is_pair(found[-2]):
        return found[:-1]
    return found


def is_lone(term: str) -> bool:
    """Whether the term is a single character of a script written without spaces."""
    return _UNITS.fullmatch(term) is not None


def is_pair(term: str) -> bool:
    return len(_UNITS.findall(term)) == 2 and _RUN.fullmatch(term) is not None


def spelling(found: tuple[str, ...]) -> str:
    """Terms as a person writes them: `c++` for cplusplus, one run for overlapping pairs.

    asked_terms(spelling(t)) == t for every t that asked_terms gives.
    """
    words = [_spelled(term) for term in found]
    text = words[0] if words else ""
    for before, term, word in zip(found, found[1:], words[1:], strict=False):
        overlaps = is_pair(before) and term.startswith(_UNITS.findall(before)[1])
        if overlaps and is_pair(term):
            text += _UNITS.findall(term)[1]
        elif not (overlaps and is_lone(term)):
            text += " " + word
    return text if asked_terms(text) == found else " ".join(found)


def tokens(text: str) -> list[Token]:
    """The terms of a text with their places. Slower than `plain`, and gives the same terms."""
    composed = unicodedata.normalize("NFC", text)
    if _is_simple(composed):
        words = _WORD.finditer(composed.translate(_FOLDS).lower())
        return [Token(word[1], number, word.start(), word.end(1)) for number, word in enumerate(words)]
    folds = [one.lower() if one.isascii() else _FOLDS[ord(one)].lower() for one in composed]
    folded = "".join(folds)
    spans = [(at, at + 1) for at, fold in enumerate(folds) for _ in fold]
    for _, hint, name, word in _NAMES:
        if hint.search(folded):
            folded, spans = _replaced(folded, spans, name, word)
    found: list[Token] = []
    for piece in _PIECE.finditer(folded):
        for term, start, end in _terms_of(piece):
            found.append(Token(term, len(found), spans[start][0], spans[end - 1][1]))
    return found


def _is_simple(text: str) -> bool:
    """Every character stays one, there is no name in it and nothing written without spaces."""
    folds = (_FOLDS[ord(one)] for one in set(text) if not one.isascii())
    if any(len(fold) != 1 or _UNITS.match(fold) for fold in folds):
        return False
    folded = text.translate(_FOLDS).lower()
    return not any(one.hint.search(folded) for one in _NAMES)


def _named(text: str, hint: re.Pattern[str], name: re.Pattern[str], word: str) -> str:
    """What `name.sub(word, text)` gives, but the pattern reads only what stands around a hint."""
    pieces: list[str] = []
    last = 0
    for match in hint.finditer(text):
        if match.start() >= last:
            start, end = text.rfind(" ", last, match.start()) + 1, text.find(" ", match.end())
            start, end = max(start, last), len(text) if end < 0 else end
            pieces += [text[last:start], name.sub(word, text[start:end])]
            last = end
    return "".join([*pieces, text[last:]])


def _terms_of(piece: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    if piece["run"] is None:
        yield piece["word"], piece.start(), piece.end()
        return
    units = list(_UNITS.finditer(piece[0]))
    for unit, following in zip(units, [*units[1:], None], strict=True):
        end = (following or unit).end()
        yield piece[0][unit.start() : end], piece.start() + unit.start(), piece.start() + end


def _spaced_pairs(run: re.Match[str]) -> str:
    units = _UNITS.findall(run[0])
    pairs = [one + other for one, other in pairwise(units)]
    return f" {' '.join(pairs)} {units[-1]} "


def _replaced(
    text: str, spans: list[tuple[int, int]], name: re.Pattern[str], word: str
) -> tuple[str, list[tuple[int, int]]]:
    """What `name.sub(word, text)` gives, and for each character of it where it comes from."""
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    last = 0
    for match in name.finditer(text):
        new = match.expand(word)
        pieces += [text[last : match.start()], new]
        places += spans[last : match.start()]
        places += [(spans[match.start()][0], spans[match.end() - 1][1])] * len(new)
        last = match.end()
    return "".join([*pieces, text[last:]]), places + spans[last:]


def _spelled(term: str) -> str:
    for name, written in _SPELLINGS:
        match = name.fullmatch(term)
        if match and terms(match.expand(written)) == (term,):
            return match.expand(written)
    return term


def _fold(text: str) -> str:
    """Lower case without accents; ASCII punctuation stays (the names need it), all other becomes a space."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).encode("ascii", _FOREIGN).decode().lower()


def _folded_run(error: UnicodeError) -> tuple[bytes, int]:
    """Folds what is not ASCII. Called by the codec, which steps over all else faster than a pattern does."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end].translate(_FOLDS).encode(), error.end


_FOREIGN = "jobtracker.fold"
codecs.register_error(_FOREIGN, _folded_run)


class _Folds(dict[int, str]):
    """Character -> its fold, worked out when first met."""

    def __missing__(self, code: int) -> str:
        fold = chr(code)
        for _ in range(4):  # folding may give a character that folds again
            fold = "".join(map(_fold_character, fold))
        self[code] = fold
        return fold


_FOLDS = _Folds()


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    if _HANGUL.match(character):
        return character
    if _JAMO.match(character):  # they would join when a mark between them is gone
        return " "
    kept = ""
    for part in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()):
        if part in _VOICING or not unicodedata.combining(part):
            kept += part
    if kept == "и" and character in "йЙ":  # a letter of its own, not an accent
        return "й"
    return "".join(_letter_or_space(part) for part in kept).translate(_ALSO)


def _letter_or_space(part: str) -> str:
    digit = unicodedata.decimal(part, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(part)
    if _SHAPE.match(part):
        return ""
    if part.isascii() or part.isalnum() or category[0] == "M":
        return part
    return "" if category == "Cf" and part != "\u200b" else " "

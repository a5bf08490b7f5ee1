"""Free text about places -> Location values with city, region and country, where they can be known. Pure.

What is not known stays text: a wrong country is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from backend.domain.cities import US_STATES
from backend.domain.gazetteer import Sense, cities, country_code, fold, regions
from backend.domain.posting import Location

_NOTHING = {"", "-", "n/a", "na", "none", "null", "undefined", "tbd", "location", "to be updated"}
_VAST = {
    "europe", "emea", "apac", "latam", "latin america", "north america", "americas", "amer", "namer", "eu",
    "worldwide", "world wide", "global", "asia", "dach", "nordics", "mena",
}  # fmt: skip
_COUNTED = re.compile(r"\d+\s+\w+", re.UNICODE)
# "Portland, OR" is Oregon: the word "or" has blanks around it and no comma before
_STRONG = re.compile(r"\s*[;|•·\n]\s*|,\s+or\s+|(?<!,)\s+(?:or|OR|Or)\s+")
_WEAK = re.compile(r"\s*/\s*|\s+(?:and|&)\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]?")
_REMOTE = re.compile(
    r"\b(?:remote|remoto|remotely|work from home|home ?office|anywhere|télétravail)\b", re.IGNORECASE
)
_HYBRID = re.compile(r"\bhybrid\b|\bhybride\b|\bhíbrido\b", re.IGNORECASE)
_NOISE = re.compile(
    r"\b(?:fully|100%|remote|remoto|remotely|hybrid|on-?site|in-?office|office|offices|hq|headquarters?|"
    r"anywhere|relocate|relocation|home ?office|work from home|based|only|national|opportunity|greater|"
    r"metro(?:politan)?|district|job|undefined|multiple locations)\b|\d{5}(?:-\d{4})?$|[*:]",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:(?:in|within|to|from|the|any|across)\s+)+", re.IGNORECASE)
_EDGES = " \t-–—.,/'\"\u00a0\u200b"


def is_remote(text: str) -> bool:
    return _REMOTE.search(text) is not None


def is_hybrid(text: str) -> bool:
    return _HYBRID.search(text) is not None


def complete(location: Location) -> tuple[Location, ...]:
    """A source's place with the parts that its text tells; several, where the text alone names several.

    What the source said of city, region and country stays.
    """
    if location.city is not None:
        return (Location(location.text, *_canonical(location.city, location.region, location.country)),)
    read = read_places(location.text)
    if len(read) != 1:
        return read if read else ((location,) if location.country else ())
    found = read[0]
    if location.country and found.country and location.country != found.country:
        return (location,)
    return (
        Location(
            location.text, found.city, location.region or found.region, location.country or found.country
        ),
    )


@lru_cache(maxsize=50_000)
def read_places(text: str) -> tuple[Location, ...]:
    """ "Berlin, Germany; Paris" -> two; "London, Dublin" -> two; "US-NJ-Edison" -> one; "n/a" -> none."""
    text = " ".join(text.split())
    if text.casefold().strip(_EDGES) in _NOTHING:
        return ()
    if _COUNTED.fullmatch(text) or len(text) > 1000:
        return (Location(text),)
    chunks = [text] if country_code(text) else _chunks(text)
    found = [place for chunk in chunks for place in _read_chunk(chunk)]
    if len(found) == 1:
        return (replace(found[0], text=text),)
    return tuple(dict.fromkeys(found)) or (Location(text),)


def _chunks(text: str) -> list[str]:
    """By strong separators, but not within brackets: "Canada (ON, AB, or NS only)" is one."""
    if "(" in text and any(part.count("(") != part.count(")") for part in _STRONG.split(text)):
        return [text]
    return [part for part in _STRONG.split(text) if part.strip(_EDGES)]


def _read_chunk(chunk: str) -> list[Location]:
    """A text without strong separators: one place, or a list by commas, slashes or "and"."""
    weak = [part for part in _WEAK.split(chunk) if part.strip(_EDGES)]
    if len(weak) > 1 and not country_code(chunk):
        parts = [_read_list(part) for part in weak]
        if all(
            (part and all(place.country for place in part)) or is_remote(w)
            for part, w in zip(parts, weak, strict=True)
        ):
            return [place for part in parts for place in part]
    return _read_list(chunk)


def _read_list(text: str) -> list[Location]:
    """Comma-separated pieces, grouped into places: "San Francisco, CA, New York, NY" is two."""
    pieces = list(_pieces(text))
    if len(pieces) > 1:
        pieces = [piece for piece in pieces if fold(_clean(piece.text)) not in _VAST]
    groups: list[_Group] = []
    for index, piece in enumerate(pieces):
        following = pieces[index + 1].senses if index + 1 < len(pieces) else ()
        if not groups or piece.starts or not groups[-1].take(piece, following):
            groups.append(_Group(piece, following))
    whole = text.strip(_EDGES)
    if len(groups) == 1:
        return [Location(whole, *groups[0].parts)]
    if any(group.country is None and not group.remote for group in groups) or not groups:
        # not all of it is understood: it stays one text, with the country if only one is named
        named = {group.country for group in groups if group.country}
        return [Location(whole, country=named.pop() if len(named) == 1 else None)] if whole else []
    return [Location(group.text, *group.parts) for group in groups]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of text with its readings. `part`: the comma part it came from; `starts`: a place begins."""

    text: str
    part: str
    senses: tuple[Sense, ...]
    starts: bool


class _Group:
    """Pieces that make one place."""

    def __init__(self, piece: _Piece, following: Sequence[Sense]) -> None:
        self.pieces = [piece]
        self.remote = is_remote(piece.text)
        self.city: str | None = None
        self.region: str | None = None
        self.country: str | None = None
        sense = _first(piece, following)
        if sense:
            self._set(sense)
        elif not piece.senses and not self.remote:
            self.city = _clean(piece.text)

    @property
    def text(self) -> str:
        return ", ".join(dict.fromkeys(piece.part for piece in self.pieces))

    @property
    def parts(self) -> tuple[str | None, str | None, str | None]:
        # a city that nothing vouches for is only text
        return (self.city, self.region, self.country) if self.country else (None, None, None)

    def take(self, piece: _Piece, following: Sequence[Sense]) -> bool:
        """True if the piece belongs to this place, which then holds it."""
        taken = self._take_known(piece) if piece.senses else self._take_unknown(piece, following)
        if taken:
            self.pieces.append(piece)
        return taken

    def _take_known(self, piece: _Piece) -> bool:
        sense = next((sense for sense in piece.senses if self._fits(sense)), None)
        is_town = self.city or (self.country and len(piece.text) == 2)
        if sense is None and len(self.pieces) == 1 and is_town and piece.senses[0].kind == "region":
            # "Cambridge, MA", "Paris, Texas", "Lebanon, NH": not the usual Cambridge
            sense = piece.senses[0]
            self.city, self.region, self.country = _clean(self.pieces[0].text), None, None
        if sense is not None:
            self._set(sense)
        return sense is not None

    def _take_unknown(self, piece: _Piece, following: Sequence[Sense]) -> bool:
        """ "Remote" after a place, a town after its country, a region before its country."""
        if is_remote(piece.text):
            self.remote = True
        elif self.country and not self.city:
            self.city = _clean(piece.text)
        elif self.city and not self.region and following and following[0].kind == "country":
            self.region = _clean(piece.text)
        else:
            return False
        return True

    def _fits(self, sense: Sense) -> bool:
        if self.country and sense.country != self.country:
            return False
        if sense.kind == "city":
            return self.city in {None, sense.city} and self.region in {None, sense.region}
        if sense.kind == "region":
            return self.region in {None, sense.region} and bool(self.city or self.country or self.remote)
        return bool(self.country or self.city or self.remote)

    def _set(self, sense: Sense) -> None:
        self.country = sense.country
        self.region = self.region or sense.region
        self.city = self.city or sense.city


def _first(piece: _Piece, following: Sequence[Sense]) -> Sense | None:
    """The reading that agrees with the next piece, else the most usual one; "Georgia" alone is neither."""
    for sense in piece.senses:
        for after in following:
            inside = after.country == sense.country and after.kind != "country"
            if sense.kind == "city" and inside and after.region == sense.region is not None:
                return sense
            if sense.kind == "country" and inside:
                return sense
            if sense.kind == "region" and after.kind == "country" and after.country == sense.country:
                return sense
            if sense.kind == "region" and inside and after.kind == "city" and after.region == sense.region:
                return sense
    if piece.starts and piece.senses:
        return next((sense for sense in piece.senses if sense.kind == "country"), piece.senses[0])
    if len(piece.text) > 2 and {sense.kind for sense in piece.senses} == {"region", "country"}:
        return None
    return piece.senses[0] if piece.senses else None


def _pieces(text: str) -> Iterator[_Piece]:
    """By commas, and by dashes next to a country or "Remote". Brackets count where they add a place."""
    inner = [content for content in _BRACKETS.findall(text) if _clean(content)]
    outer = _BRACKETS.sub(" ", text)
    known = [content for content in inner if any(_meanings(part) for part in content.split(","))]
    for number, part in enumerate(
        [*outer.split(","), *(part for content in known for part in content.split(","))]
    ):
        pieces = [piece.strip(_EDGES) for piece in _undashed(part)]
        pieces = [piece for piece in pieces if _clean(piece) or is_remote(piece)]
        prefixed = number > 0 and len(pieces) > 1 and country_code(_clean(pieces[0])) is not None
        # "Denver, CO - Louisville": with blanks around the dash CO is the state, not Colombia
        if prefixed and re.search(r"\s[-–—]|[-–—]\s", part) and _clean(pieces[0]) in US_STATES:
            prefixed = False
        for index, piece in enumerate(pieces):
            yield _Piece(piece, part.strip(_EDGES), _meanings(piece), prefixed and index == 0)


def _undashed(part: str) -> list[str]:
    spaced = re.split(r"\s+[-–—]\s*|\s*[-–—]\s+", part.strip(_EDGES))
    pieces: list[str] = []
    for piece in spaced:
        dashed = piece.split("-")
        known = [bool(country_code(side.strip())) or is_remote(side) for side in dashed]
        pieces.extend(dashed if len(dashed) > 1 and (known[0] or known[-1]) else [piece])
    return pieces


def _clean(piece: str) -> str:
    return _LEADING.sub("", " ".join(_NOISE.sub(" ", piece).split()).strip(_EDGES)).strip(_EDGES)


def _meanings(piece: str) -> tuple[Sense, ...]:
    """The readings of a piece, the most usual first. Two letters mean something only in capitals."""
    name = _clean(piece)
    key = fold(name)
    if not key:
        return ()
    found = list(cities().get(key, ()))
    if len(key) > 2 or name.isupper():
        found.extend(regions().get(key, ()))
        country = country_code(name)
        if country:
            found.append(Sense("country", country))
    return tuple(found)


def _canonical(
    city: str | None, region: str | None, country: str | None
) -> tuple[str | None, str | None, str | None]:
    """Full names for "CA" and "SF", and the country of a known region."""
    for sense in regions().get(fold(region or ""), ()):
        if country in {None, sense.country}:
            region, country = sense.region, sense.country
            break
    for sense in cities().get(fold(city or ""), ()):
        if country == sense.country and region in {None, sense.region}:
            city, region = sense.city, region or sense.region
        elif country is None and region is None:
            city, region, country = sense.city, sense.region, sense.country
    return city, region, country

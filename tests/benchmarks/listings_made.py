"""Any number of listings that read like real ones: their words, lengths, places and pay are resampled.

A title comes from the real titles, or its beginning from one and its end from another. A description has the
outline of a real one of that kind of work and language; each of its sentences comes from some other one, and
what a company says of itself stands in all its listings, as it does in real ones. So words are as frequent as
they are in the real listings, and go together as they do there. The same seed gives the same listings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from random import Random
from typing import TypeVar

from backend.domain.normalise import Normalised
from backend.domain.posting import Location
from backend.domain.vocabulary import employment_type_of, level_of, work_mode_of
from tests.benchmarks.listings_material import SEPARATOR, Block, Group, Material, material
from tests.benchmarks.listings_stored import Incoming

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SPAN = timedelta(days=150)  # from the first listing to the last
PER_COMPANY = 45
CLOSED, MIXED, STATED, FULL_TIME = 0.3, 0.35, 0.35, 0.9  # shares; MIXED: titles made of two
HEAD, TAIL = 0.15, 0.2  # of a text: what the company says of itself
SOURCES = ("greenhouse",) * 9 + ("workday",) * 5 + ("lever",) * 4 + ("ashby",) * 4 + ("smartrecruiters",) * 2
NUMBERED = ("R", "JR", "REQ", "job", "")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Employer:
    """A made-up company, and what its listings have in common."""

    name: str
    source: str
    group: Group
    head: str
    tail: str
    places: tuple[tuple[Location, ...], ...]


def made(count: int, seed: int = 1) -> Iterator[Incoming]:
    """`count` listings, the oldest first."""
    random = Random(seed)
    source = material()
    employers = _employers(source, max(20, count // PER_COMPANY), random)
    step = SPAN / count
    for number in range(count):
        employer = employers[int(len(employers) * random.random() ** 1.8)]  # a few have very many
        first_seen_at = NOW - SPAN + step * (number + random.random())
        content = _content(source, employer, first_seen_at, random)
        closed_at = None
        if random.random() < CLOSED:
            closed_at = first_seen_at + (NOW - first_seen_at) * random.random()
        yield Incoming(employer.name, employer.source, content, first_seen_at, closed_at)


def _content(source: Material, employer: Employer, first_seen_at: datetime, random: Random) -> Normalised:
    title, group = _title(source, employer, random)
    places = _any(employer.places, random)
    return Normalised(
        external_id="",
        title=title,
        url="https://example.org/listing",
        company=None,
        locations=places,
        work_mode=work_mode_of(None, [place.text for place in places], title),
        employment_type=employment_type_of("full time" if random.random() < FULL_TIME else None, title),
        level=level_of(None, title),
        salary=_any(source.salaries, random) if random.random() < STATED else None,
        department=_any(source.departments, random),
        posted_at=first_seen_at - timedelta(hours=30 * random.random()),
        description_html=employer.head + _middle(source, group, random) + employer.tail + _number(random),
        content_hash=f"{random.getrandbits(128):032x}",
    )


def _title(source: Material, employer: Employer, random: Random) -> tuple[str, Group]:
    """Whoever writes German writes it in all listings; the others take what work comes."""
    group = employer.group if employer.group[0] != "en" else _any(source.english, random)
    title = _any(source.titles[group], random)
    if random.random() < MIXED:
        title = f"{SEPARATOR.split(title)[0]} - {SEPARATOR.split(_any(source.titles[group], random))[-1]}"
    return title[:300].strip(), group


def _number(random: Random) -> str:
    """Every listing has a word that no other has, or few: here its number."""
    return f"<p>Job ID {_any(NUMBERED, random)}{random.randrange(10**7)}</p>"


def _middle(source: Material, group: Group, random: Random) -> str:
    """The outline of one text, the sentences of many."""
    outline = _any(source.outlines[group], random)
    outline = outline[int(HEAD * len(outline)) : len(outline) - int(TAIL * len(outline))]
    blocks = []
    for tag, count in outline:
        sentences = source.sentences[group, tag]
        blocks.append(Block(tag, tuple(_any(sentences, random) for _ in range(count))))
    return html_of(blocks)


def _employers(source: Material, count: int, random: Random) -> list[Employer]:
    employers = {}
    words = [word for name in source.names for word in name.split()]
    while len(employers) < count:
        name = _any(source.names, random)
        if name in employers:
            name = f"{_any(words, random)} {_any(words, random)}".title()[:60]
        group, blocks = _any(source.texts, random)
        head, tail = int(HEAD * len(blocks)), int(TAIL * len(blocks))
        employers[name] = Employer(
            name,
            _any(SOURCES, random),
            group,
            html_of(blocks[:head]),
            html_of(blocks[len(blocks) - tail :]),
            tuple(_any(source.places, random) for _ in range(random.randint(1, 6))),
        )
    return list(employers.values())


def html_of(blocks: Sequence[Block]) -> str:
    """Items that follow each other are one list."""
    parts = []
    for is_item, group in groupby(blocks, lambda block: block.tag == "li"):
        inner = "".join(f"<{one.tag}>{' '.join(one.sentences)}</{one.tag}>" for one in group)
        parts.append(f"<ul>{inner}</ul>" if is_item else inner)
    return "".join(parts)


def _any(items: Sequence[Item], random: Random) -> Item:
    return items[int(random.random() * len(items))]

"""Lists too long for memory, which lie in a file: read once to check them whole, and again part by part.

What stays in memory is each posting's id, and the places that later rows add to an id that came before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from backend.domain.exchange import Response, SourceChanged
from backend.domain.normalise import MAX_PLACES
from backend.domain.posting import Location, Posting
from backend.sources.base import Source

MOST_POSTINGS = 1_000_000
PART = 250


@dataclass(frozen=True, slots=True)
class LongList:
    """A list that was read to its end without an error. `places` has an entry for each id that came again."""

    source: Source
    answer: Response
    ids: Mapping[str, str]  # with empty texts: a crawl's items, of which only the ids are compared
    places: Mapping[str, tuple[Location, ...]]

    def parts(self) -> Iterator[list[Posting]]:
        """The postings, each once and with all its places, some hundred at a time."""
        postings = self._each_once()
        while part := list(islice(postings, PART)):
            yield part

    def _each_once(self) -> Iterator[Posting]:
        met: set[str] = set()
        for posting in _from_the_start(self.source, self.answer):
            more = self.places.get(posting.external_id)
            if more is None:
                yield posting
            elif posting.external_id not in met:
                met.add(posting.external_id)
                yield replace(posting, locations=_together(posting.locations, more))


def checked(source: Source, answer: Response) -> LongList:
    """The list of an answer in a file. Raises as `Source.parse`, before anything of it is stored."""
    ids: dict[str, str] = {}
    places: dict[str, tuple[Location, ...]] = {}
    for posting in _from_the_start(source, answer):
        key = posting.external_id
        if key in ids:
            places[key] = _together(places.get(key, ()), posting.locations)[:MAX_PLACES]
            continue
        if len(ids) == MOST_POSTINGS:
            raise SourceChanged(f"{answer.request.url}: more than {MOST_POSTINGS:,} postings")
        ids[key] = ""
    return LongList(source, answer, ids, places)


def _from_the_start(source: Source, answer: Response) -> Iterator[Posting]:
    if answer.file is not None:
        answer.file.seek(0)
    return source.stream(answer)


def _together(first: tuple[Location, ...], more: tuple[Location, ...]) -> tuple[Location, ...]:
    return tuple(dict.fromkeys((*first, *more)))

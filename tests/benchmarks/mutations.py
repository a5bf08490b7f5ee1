"""Mutated answers by the thousand: a source reads them, or refuses them with a named error; nothing else.

`python -m tests.benchmarks.mutations 500 lever icims` tries 500 of each of these two.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from types import FrameType

from backend.domain.normalise import list_hash, normalise
from backend.domain.posting import Posting
from backend.sources.base import SourceError
from backend.sources.registry import SOURCES
from tests.benchmarks.table import Table
from tests.unit.sources.details import DETAILS, Detail
from tests.unit.sources.examples import EXAMPLES, Example
from tests.unit.sources.mutants import BROKEN, mutated

NOW = datetime(2026, 10, 22, 12, tzinfo=UTC)
COUNT = int(os.environ.get("BENCH_MUTATIONS", "10000"))
# Seconds of computing, for the machine may be busy: far below a deadline. More is given up, as other.
PATIENCE = 10.0
SLOWEST = 5.0


class TooLong(BaseException):
    """No Exception, so that nothing on the way takes it for an answer's fault."""


@dataclass
class Tally:
    """What became of a source's mutated answers. `other` says what must not be, and of which seed."""

    source: str
    tried: int = 0
    parsed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    other: list[str] = field(default_factory=list)
    slowest: float = 0.0


@dataclass(frozen=True)
class Case:
    """An answer that is mutated. `read` reads one as a crawl would, and says in words what was lost."""

    name: str
    kind: str
    body: bytes
    read: Callable[[bytes], str | None]


def try_source(name: str, count: int, seed: int = 1) -> Tally:
    """Mutate this source's samples of lists `count` times."""
    return _try(name, [list_case(one) for one in EXAMPLES if one.name == name], count, seed)


def try_details(name: str, count: int, seed: int = 1) -> Tally:
    """Mutate this source's samples of details `count` times."""
    return _try(f"{name} details", [detail_case(one) for one in DETAILS if one.name == name], count, seed)


def _try(name: str, cases: Sequence[Case], count: int, seed: int) -> Tally:
    tally = Tally(name)
    for number in range(count):
        case = cases[number % len(cases)]
        how, bad = mutated(case.body, case.kind, random.Random(f"{seed} {name} {number}"))
        begun = time.process_time()
        outcome = _outcome(case, bad, how, tally)
        tally.slowest = max(tally.slowest, time.process_time() - begun)
        tally.tried += 1
        if outcome:
            tally.other.append(f"{name}, seed {seed}, number {number} ({case.name}, {how}): {outcome}")
    return tally


def _outcome(case: Case, body: bytes, how: str, tally: Tally) -> str | None:
    """Returns what must not be, in words."""
    try:
        with no_longer_than(PATIENCE):
            lost = case.read(body)
    except SourceError as error:
        tally.refused[type(error).__name__] += 1
        return None if str(error).strip() else f"a {type(error).__name__} without a word"
    except TooLong:
        return f"it took longer than {PATIENCE:g} s"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    tally.parsed += 1
    return f"a broken answer reads as {lost}" if lost and how in BROKEN else None


def list_case(example: Example) -> Case:
    good = example.page()

    def read(body: bytes) -> str | None:
        answer = example.answer(body)
        example.source.fingerprint(answer)
        page = example.source.parse(answer)
        for posting in page.postings:
            check(posting)
            example.source.detail_request(posting, answer.request)
        whole = page.complete and page.next is None and good.complete
        less = len(page.postings) < len(good.postings)
        return f"a complete list of {len(page.postings)}" if whole and less else None

    return Case(example.file, example.kind, example.body, read)


def detail_case(detail: Detail) -> Case:
    def read(body: bytes) -> str | None:
        posting = detail.read(body)
        check(posting)
        return None if posting.description_html else "a detail without text"

    return Case(str(detail), detail.kind, detail.body, read)


def check(posting: Posting) -> None:
    """What a source read can be stored, or is refused with a named error."""
    if not posting.external_id or not posting.title:
        raise AssertionError("a posting without id or title")
    list_hash(posting)
    try:
        stored = normalise(posting, NOW)
    except SourceError:
        return  # a crawl leaves such a posting's board as it is, with an error
    words = json.dumps([stored.title, stored.url, stored.description_html], ensure_ascii=False)
    if "\x00" in words or "\\u0000" in words:
        raise AssertionError("a NUL that no database takes")
    words.encode()


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def every_source(count: int = COUNT, names: Sequence[str] = ()) -> Table:
    """Lists and details of each source; the details of one are tried as often as its lists."""
    table = Table(f"{count:,} mutated answers of each source's lists, and of its details")
    chosen = [source.name for source in SOURCES if not names or source.name in names]
    detailed = [name for name in chosen if any(detail.name == name for detail in DETAILS)]
    others, slowest = 0, 0.0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        lists = pool.map(partial(try_source, count=count), chosen)
        for tally in [*lists, *pool.map(partial(try_details, count=count), detailed)]:
            named = ", ".join(f"{number:,} {name}" for name, number in tally.refused.most_common())
            share = f"{tally.parsed:,} parsed ({tally.parsed / max(1, tally.tried):.0%})"
            table.row(tally.source, share, f"{named}; slowest {tally.slowest:.2f} s")
            for line in tally.other[:5]:
                print(f"    {line}")
            others, slowest = others + len(tally.other), max(slowest, tally.slowest)
    table.check("neither parsed nor refused with a named error", others, 0, "answers")
    table.check("the slowest answer", slowest, SLOWEST, "s")
    return table


if __name__ == "__main__":
    failed = every_source(int(sys.argv[1]) if sys.argv[1:] else COUNT, sys.argv[2:]).failed
    sys.exit(1 if failed else 0)

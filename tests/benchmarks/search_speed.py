"""How fast our index layer answers, beside bare tantivy, SQLite FTS5, PostgreSQL and TF-IDF."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from backend.domain.query import Sort
from tests.benchmarks.listings_made import NOW
from tests.benchmarks.search_baselines import Engine, Fts5, NotRanked, TfIdf
from tests.benchmarks.search_host import Host, fill
from tests.benchmarks.search_postgres import Postgres
from tests.benchmarks.search_questions import FACETS, Question, counted, newest, ranked
from tests.benchmarks.table import Table

PAGE = 20
REPEATS = 5
TF_IDF_UP_TO = 100_000  # it grows linearly, in time and in memory
FULL = 1_000_000  # the limits are for so many
Ask = Callable[[Question], object]


def building(host: Host) -> Table:
    table = Table(f"Indexing {host.count:,} listings from nothing")
    table.row(
        "made up and stored", f"{host.stored_in:.0f} s", f"{host.count / host.stored_in:,.0f} listings/s"
    )
    for name, seconds in (
        ("ours, from the database", host.rebuilt),
        ("bare tantivy, texts at hand", host.bare_built),
    ):
        table.row(name, f"{seconds:.1f} s", f"{host.count / seconds:,.0f} listings/s")
    limited(table, host, "speed of ours / bare tantivy", host.bare_built / host.rebuilt, 0.2)
    return table


def layers(host: Host) -> Table:
    table = Table(f"Searching {host.count:,} listings, milliseconds at p50, p95, p99")
    lists = {"ranked": ranked(), "newest": newest(), "facets": counted()}
    lists["all of it"] = [question for each in lists.values() for question in each]
    ours = {name: _times_of_ours(host, asked) for name, asked in lists.items()}
    bare = {name: _times_of_bare(host, asked) for name, asked in lists.items()}
    for name, asked in lists.items():
        table.row(f"ours, {name} ({len(asked)} queries)", shown(ours[name]))
        table.row(
            f"bare tantivy, {name}", shown(bare[name]), f"ours {p95(ours[name]) / p95(bare[name]):.2f} x"
        )
    with ExitStack() as stack:
        others: list[Engine] = [Fts5(host.folder / "fts5.db"), Postgres()]
        stack.callback(others[1].close)  # type: ignore[attr-defined]
        if host.count <= TF_IDF_UP_TO:
            others.append(TfIdf(conditions=False))
        fill(host, others)
        times = {other.name: _times_of(other, lists["ranked"], host) for other in others}
    for name, taken in times.items():
        table.row(f"{name}, ranked", shown(taken))
    ratio = p95(ours["all of it"]) / p95(bare["all of it"])
    if host.count >= FULL:
        table.check("p95 of all of it, ours / bare tantivy", ratio, 1.5)
    else:
        table.row("p95 of all of it, ours / bare tantivy", f"{ratio:.2f} x")
    for name, taken in times.items():
        faster = p95(taken) / p95(ours["ranked"])
        if name == TfIdf.name and host.count == TF_IDF_UP_TO:
            table.at_least(f"p95 ranked, {name} / ours", faster, 250)
        else:
            limited(table, host, f"p95 ranked, {name} / ours", faster, 20)
    return table


def limited(table: Table, host: Host, name: str, value: float, limit: float) -> None:
    """The limit is for a full host; a smaller one shows how it grows."""
    if host.count >= FULL:
        table.at_least(name, value, limit)
    else:
        table.row(name, f"{value:.2f} x")


def _times_of_ours(host: Host, asked: Sequence[Question]) -> list[float]:
    """Each time with an index that remembers nothing, so that each question is worked out."""
    taken: list[float] = []
    for _ in range(REPEATS):
        index = host.index()

        def ask(question: Question, index=index) -> object:
            if question.wanted == "facets":
                return index.facets(question.query, status="open", names=FACETS, now=NOW)
            sort: Sort = "relevance" if question.wanted == "ranked" else "newest"
            return index.search(question.query, status="open", sort=sort, cursor=None, limit=PAGE, now=NOW)

        taken += times(ask, asked)
    return taken


def _times_of_bare(host: Host, asked: Sequence[Question]) -> list[float]:
    taken: list[float] = []
    for _ in range(REPEATS):
        host.bare.reopened()

        def ask(question: Question) -> object:
            if question.wanted == "facets":
                return host.bare.facets(question.query, FACETS, NOW)
            if question.wanted == "ranked":
                return host.bare.ranked(question.query, PAGE, NOW)
            return host.bare.newest(question.query, PAGE, NOW)

        taken += times(ask, asked)
    return taken


def _times_of(other: Engine, asked: Sequence[Question], host: Host) -> list[float]:
    """The slow ones are asked less often, after a first time that does not count."""
    repeats = 1 if host.count >= FULL else 2
    times(lambda question: other.ranked(question.query, PAGE, NOW), asked)
    return [
        seconds
        for _ in range(repeats)
        for seconds in times(lambda question: other.ranked(question.query, PAGE, NOW), asked)
    ]


def times(ask: Ask, asked: Sequence[Question]) -> list[float]:
    taken = []
    for question in asked:
        begun = time.perf_counter()
        try:
            ask(question)
        except NotRanked:
            continue
        taken.append(time.perf_counter() - begun)
    return taken


def percentile(taken: Sequence[float], share: float) -> float:
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def p95(taken: Sequence[float]) -> float:
    return percentile(taken, 0.95)


def shown(taken: Sequence[float]) -> str:
    return " ".join(f"{percentile(taken, share) * 1000:.1f}" for share in (0.5, 0.95, 0.99))

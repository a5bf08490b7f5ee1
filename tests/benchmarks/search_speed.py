"""How fast our index layer answers, beside bare tantivy, SQLite FTS5, PostgreSQL and TF-IDF."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing

from backend.domain.query import Sort
from backend.search.reader import SearchIndex
from tests.benchmarks.listings_made import NOW
from tests.benchmarks.search_baselines import Engine, Fts5, NotRanked, TfIdf
from tests.benchmarks.search_host import Host, fill
from tests.benchmarks.search_postgres import Postgres
from tests.benchmarks.search_questions import FACETS, Question, counted, newest, ranked
from tests.benchmarks.search_tantivy import BareTantivy
from tests.benchmarks.table import Table

PAGE = 20
REPEATS = 5
TF_IDF_UP_TO = 100_000  # it grows linearly, in time and in memory
FULL = 1_000_000  # the limits are for so many


class Times:
    """What the questions took, each time that each was asked."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = defaultdict(list)

    def take(self, ask: Callable[[Question], object], asked: Sequence[Question]) -> None:
        for question in asked:
            begun = time.perf_counter()
            try:
                ask(question)
            except NotRanked:
                continue
            self.taken[question.wanted].append(time.perf_counter() - begun)

    def of(self, wanted: str) -> list[float]:
        """Of the questions that want this; of all for ""."""
        return self.taken[wanted] if wanted else [one for each in self.taken.values() for one in each]


def building(host: Host) -> Table:
    table = Table(f"Indexing {host.count:,} listings from nothing")
    table.row(
        "made up and stored", f"{host.stored_in:.0f} s", f"{host.count / host.stored_in:,.0f} listings/s"
    )
    for name, seconds in (
        ("ours, from the database", host.rebuilt),
        ("bare tantivy, from a file of texts", host.bare_built),
    ):
        table.row(name, f"{seconds:.1f} s", f"{host.count / seconds:,.0f} listings/s")
    limited(table, host, "speed of ours / bare tantivy", host.bare_built / host.rebuilt, 0.2)
    return table


def layers(host: Host) -> Table:
    table = Table(f"Searching {host.count:,} listings, milliseconds at p50, p95, p99")
    asked = [*ranked(), *newest(), *counted()]
    index = host.index()
    _in_turn(host, index, asked, 1)  # a first time, which counts for none of them
    ours, bare = _in_turn(host, index, asked, REPEATS)
    for wanted in ("ranked", "newest", "facets", ""):
        mine, theirs = ours.of(wanted), bare.of(wanted)
        table.row(f"ours, {wanted or 'all of it'} ({len(mine) // REPEATS} queries)", shown(mine))
        table.row(f"bare tantivy, {wanted or 'all of it'}", shown(theirs), f"{p95(mine) / p95(theirs):.2f} x")
    times = _others(host, ranked())
    for name, taken in times.items():
        table.row(f"{name}, ranked", shown(taken))
    ratio = p95(ours.of("")) / p95(bare.of(""))
    if host.count >= FULL:
        table.check("p95 of all of it, ours / bare tantivy", ratio, 1.5)
    else:
        table.row("p95 of all of it, ours / bare tantivy", f"{ratio:.2f} x")
    for name, taken in times.items():
        usual, faster = (percentile(taken, at) / percentile(ours.of("ranked"), at) for at in (0.5, 0.95))
        table.row(f"p50 ranked, {name} / ours", f"{usual:.2f} x")
        if name == TfIdf.name and host.count == TF_IDF_UP_TO:
            table.check_at_least(f"p95 ranked, {name} / ours", faster, 250)
        else:
            limited(table, host, f"p95 ranked, {name} / ours", faster, 20)
    return table


def _others(host: Host, asked: Sequence[Question]) -> dict[str, list[float]]:
    with closing(Postgres()) as postgres:
        others: list[Engine] = [Fts5(host.folder / "fts5.db"), postgres]
        if host.count <= TF_IDF_UP_TO:
            others += [TfIdf(conditions=False), TfIdf(conditions=False, bits=32)]
        fill(host, others)
        return {other.name: _slowly(other, asked, host).of("") for other in others}


def limited(table: Table, host: Host, name: str, value: float, limit: float) -> None:
    """The limit is for a full host; a smaller one shows how it grows."""
    if host.count >= FULL:
        table.check_at_least(name, value, limit)
    else:
        table.row(name, f"{value:.2f} x")


def _in_turn(host: Host, index: SearchIndex, asked: Sequence[Question], rounds: int) -> tuple[Times, Times]:
    """Ours and bare, one after the other. Ours remembers nothing: each round is after a commit."""
    ours, bare = Times(), Times()
    for _ in range(rounds):
        host.seems_changed()
        ours.take(lambda question: _ask_ours(index, question), asked)
        bare.take(lambda question: _ask_bare(host.bare, question), asked)
    return ours, bare


def _ask_ours(index: SearchIndex, question: Question) -> object:
    if question.wanted == "facets":
        return index.facets(question.query, status="open", names=FACETS, now=NOW)
    sort: Sort = "relevance" if question.wanted == "ranked" else "newest"
    return index.search(question.query, status="open", sort=sort, cursor=None, limit=PAGE, now=NOW)


def _ask_bare(bare: BareTantivy, question: Question) -> object:
    match question.wanted:
        case "facets":
            return bare.facets(question.query, FACETS, NOW)
        case "ranked":
            return bare.ranked(question.query, PAGE, NOW)
    return bare.newest(question.query, PAGE, NOW)


def _slowly(other: Engine, asked: Sequence[Question], host: Host) -> Times:
    """After a first time that does not count."""
    Times().take(lambda question: other.ranked(question.query, PAGE, NOW), asked)
    times = Times()
    for _ in range(1 if host.count >= FULL else 3):
        times.take(lambda question: other.ranked(question.query, PAGE, NOW), asked)
    return times


def percentile(taken: Sequence[float], share: float) -> float:
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def p95(taken: Sequence[float]) -> float:
    return percentile(taken, 0.95)


def shown(taken: Sequence[float]) -> str:
    return " ".join(f"{percentile(taken, share) * 1000:.1f}" for share in (0.5, 0.95, 0.99))

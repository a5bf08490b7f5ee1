"""Matching against a thousand to a million distinct queries, beside three other ways to do it.

Measured is what a worker does of a stored crawl before it writes: it reads and analyses the listings, looks
up the queries filed under what they emit, and decides. The others read and analyse the same listings. Times
are of the processor, on one core; only PostgreSQL, which is another process, is measured by the clock. Of
what would take minutes a part is run. `BENCH_QUERIES=1000,10000` measures these sizes alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from random import Random

from backend.domain import inflect
from backend.domain.query import parse
from backend.domain.sieve import Sieve
from backend.services import matches
from tests.benchmarks import databases, garbage, listings_real
from tests.benchmarks.matching_baselines import Pairs, Scan, SmallIndex, StoredQueries
from tests.benchmarks.matching_queries import cold, live, vocabulary
from tests.benchmarks.matching_world import A_CRAWL, NOW, World, world
from tests.benchmarks.table import Table

SIZES = sorted(map(int, os.environ.get("BENCH_QUERIES", "1000,10000,100000,1000000").split(",")))
RARE, COMMON = (0.004, 0.012), (0.03, 0.15)  # shares of listings that a query's rarest word meets
TESTS = 1_000_000  # queries x listings that a baseline runs
DENSE, DENSE_PER_SECOND = 100_000, 400
SPARSE = 1_000  # queries that meet something


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a listing, in milliseconds."""

    in_crawls: float
    alone: float
    first: float  # in crawls, when none of the queries' words was met before
    hits: float


def at_every_size() -> Iterator[Table]:
    if not listings_real.are_here():
        table = Table("Matching")
        table.row(listings_real.ABSENT, "")
        yield table
        return
    with databases.postgres() as url:
        stored = StoredQueries(url)
        yield dense(stored)
        yield sparse(stored)
        stored.close()


def dense(stored: StoredQueries) -> Table:
    """Common words at 1 k and 10 k queries, rarer ones at 100 k; at 1 M the others meet nothing here."""
    table = Table("Matching, dense: about 400 hits a listing from 10,000 queries on")
    costs: dict[int, Cost] = {}
    with world() as here:
        texts = live(vocabulary(here.all_documents()), COMMON, Random(1))
        for size in chosen(0, 10_000):
            costs[size] = measured(table, here, stored, texts, size)
    if not chosen(DENSE, SIZES[-1]):
        return table
    with world() as here:
        words = vocabulary(here.all_documents())
        costs[DENSE] = measured(table, here, stored, live(words, RARE, Random(1)), DENSE)
        rate = 1000 / costs[DENSE].in_crawls
        table.check_at_least(f"{DENSE:,} queries, crawls of 100", rate, DENSE_PER_SECOND, "listings/s")
        others = cold(words, everything(here), Random(2))
        for size in chosen(DENSE + 1, SIZES[-1]):
            costs[size] = measured(table, here, stored, others, size)
    compare(table, costs)
    return table


def sparse(stored: StoredQueries) -> Table:
    table = Table("Matching, sparse: about 4 hits a listing")
    with world() as here:
        words = vocabulary(here.all_documents())
        costs = {SPARSE: measured(table, here, stored, live(words, RARE, Random(1)), SPARSE)}
        others = cold(words, everything(here), Random(2))
        for size in chosen(SPARSE + 1, SIZES[-1]):
            costs[size] = measured(table, here, stored, others, size)
    compare(table, costs)
    return table


def chosen(least: int, most: int) -> list[int]:
    return [size for size in SIZES if least <= size <= most]


def everything(here: World) -> Sieve:
    return Sieve([one for crawl in here.crawls for _, one in here.documents(crawl)], NOW)


def compare(table: Table, costs: dict[int, Cost]) -> None:
    if {10_000, 1_000_000} <= costs.keys():
        small, large = costs[10_000], costs[1_000_000]
        name = f"a listing at 1 M / at 10 k queries, {large.hits:.0f} and {small.hits:.0f} hits"
        table.check(f"{name}, crawls", large.in_crawls / small.in_crawls, 2)
        table.check(f"{name}, alone", large.alone / small.alone, 2)


def measured(table: Table, here: World, stored: StoredQueries, texts: Iterator[str], size: int) -> Cost:
    known = set(here.queries().values())
    new = list(islice((text for text in texts if text not in known), size - len(known)))
    seconds = here.add_queries(new)
    cost = cost_of(here)
    filed = f"filed at {len(new) / seconds:,.0f}/s"
    table.row(f"{size:,} queries, {cost.hits:.1f} hits a listing", "", filed)
    beside(table, here, stored, here.queries())
    for name, milliseconds in (
        ("ours, crawls of 100", cost.in_crawls),
        ("ours, crawls of 100, their words not met before", cost.first),
        ("ours, one listing at a time", cost.alone),
    ):
        table.row(f"  {name}", f"{1000 / milliseconds:,.0f} listings/s")
    return cost


def cost_of(here: World) -> Cost:
    count = len(here.crawls) * A_CRAWL
    matches.readable.cache_clear()
    inflect.alternatives.cache_clear()
    first = of_processor(lambda: [here.decide(crawl) for crawl in here.crawls])
    warm = min(of_processor(lambda: [here.decide(crawl) for crawl in here.crawls]) for _ in range(3))
    hits = sum(len(here.match(crawl)) for crawl in here.crawls)
    alone = min(of_processor(lambda: here.match_alone(here.crawls[0])) for _ in range(3))
    return Cost(warm / count * 1000, alone / A_CRAWL * 1000, first / count * 1000, hits / count)


def beside(table: Table, here: World, stored: StoredQueries, queries: Mapping[int, str]) -> None:
    """Each baseline finds what ours finds; how fast it does."""
    crawl = here.crawls[0]
    ours = here.match(crawl)
    ids = sorted(queries)[:: max(1, len(queries) * A_CRAWL // TESTS)]
    some = {query_id: parse(queries[query_id]) for query_id in ids}
    of_some = {pair for pair in ours if pair[0] in some}
    for name, prepare in (
        ("each query asked of each listing", partial(Scan, some)),
        ("each query on a tantivy index", partial(SmallIndex, some)),
    ):
        begun = time.process_time()
        listings = here.documents(crawl)
        prepared = prepare(listings, NOW)
        analysed = time.process_time()
        equal(prepared.found(), of_some)
        asked = (time.process_time() - analysed) * len(queries) / len(some)
        row(table, name, (analysed - begun + asked) / A_CRAWL, len(of_some), A_CRAWL, len(some))
    stored.keep((query_id, parse(text)) for query_id, text in queries.items())
    begun = time.perf_counter()
    listings = here.documents(crawl)[: max(1, TESTS // len(queries))]
    found = stored.found(listings)
    seconds = (time.perf_counter() - begun) / len(listings)
    known = {listing_id for listing_id, _ in listings}
    equal(found, {pair for pair in ours if pair[1] in known})
    row(table, "PostgreSQL, stored tsquery", seconds, len(found), len(listings), len(queries))


def row(table: Table, name: str, each: float, hits: int, listings: int, queries: int) -> None:
    table.row(f"  {name}", f"{1 / each:,.1f} listings/s", f"{hits:,} equal hits, {listings} x {queries:,}")


def equal(found: Pairs, expected: Pairs) -> None:
    if found != expected:
        raise AssertionError(f"ours differs in {len(found ^ expected)} of {len(expected)} hits")


def of_processor(work: Callable[[], object]) -> float:
    """Seconds."""
    garbage.only_new()
    begun = time.process_time()
    work()
    return time.process_time() - begun

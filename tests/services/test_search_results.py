"""What stands behind a page of results: kept orders, corrections, and bounds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from backend.app import current_redis
from backend.domain.query import Filters, QueryError, parse
from backend.search import effort, view
from backend.search.reader import BadCursor, SearchIndex
from backend.services import search
from backend.services.search import ResultsGone
from tests.services.searched import counts, find, in_city, rebuilt
from tests.services.stored import Shelf


def test_the_database_counts_no_facets_and_corrects_nothing(shelf: Shelf, index: SearchIndex) -> None:
    shelf.add(title="Python developer")
    found = find(shelf, index, q="pyhton", facets=("country",))
    assert (found.facets, found.instead, found.total) == (None, None, 0)


@pytest.fixture
def many(shelf: Shelf, index: SearchIndex) -> Shelf:
    for number in range(30):
        shelf.add(title=f"Engineer {number}", html="<p>" + "engineer " * (number % 7) + "</p>")
    rebuilt(shelf, index)
    return shelf


def ranked_pages(shelf: Shelf, index: SearchIndex, limit: int, **asked: object) -> list[list[int]]:
    pages: list[list[int]] = []
    cursor = None
    while True:
        found = find(shelf, index, cursor, limit, sort="relevance", **asked)
        pages.append([listing.id for listing in found.listings])
        cursor = found.next_cursor
        if cursor is None:
            return pages
        shelf.add(title="Engineer engineer engineer")
        rebuilt(shelf, index)


def test_by_relevance_pages_neither_skip_nor_repeat_while_listings_arrive(
    many: Shelf, index: SearchIndex
) -> None:
    whole = [listing.id for listing in find(many, index, q="engineer", sort="relevance").listings]
    pages = ranked_pages(many, index, 8, q="engineer")
    assert [len(page) for page in pages] == [8, 8, 8, 6]
    assert [one for page in pages for one in page] == whole


def test_an_order_is_forgotten_after_a_quarter_of_an_hour(
    many: Shelf, index: SearchIndex, redis_server: Redis
) -> None:
    cursor = find(many, index, None, 8, q="engineer", sort="relevance").next_cursor
    [kept] = redis_server.keys("jobtracker:results:*")
    assert 890 < redis_server.ttl(kept) <= 900
    redis_server.delete(kept)
    with pytest.raises(ResultsGone, match="older than 15 minutes; search again"):
        find(many, index, cursor, 8, q="engineer", sort="relevance")


def test_the_cursor_of_one_search_is_no_cursor_of_another(many: Shelf, index: SearchIndex) -> None:
    cursor = find(many, index, None, 8, q="engineer", sort="relevance").next_cursor
    for other in ({"q": "cook"}, {"q": "engineer", "status": "all"}):
        with pytest.raises(BadCursor):
            find(many, index, cursor, 8, sort="relevance", **other)
    with pytest.raises(BadCursor):
        find(many, index, cursor, 8, q="engineer")


def test_without_redis_a_ranked_search_has_later_pages_too(
    many: Shelf, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise RedisAway

    monkeypatch.setattr(current_redis(), "set", away)
    first = find(many, index, None, 20, q="engineer", sort="relevance")
    second = find(many, index, first.next_cursor, 20, q="engineer", sort="relevance")
    assert len({listing.id for listing in [*first.listings, *second.listings]}) == 30


def test_a_search_that_fits_a_page_keeps_nothing(
    many: Shelf, index: SearchIndex, redis_server: Redis
) -> None:
    assert find(many, index, q="engineer", sort="relevance").next_cursor is None
    assert redis_server.keys("jobtracker:results:*") == []


@pytest.fixture
def words(shelf: Shelf, index: SearchIndex) -> Shelf:
    for title in (
        "Kubernetes engineer",
        "Python developer",
        "Java developer",
        "Data scientist",
        "Full stack",
    ):
        for _ in range(3):
            in_city(shelf, title, "Berlin", "DE")
    rebuilt(shelf, index)
    return shelf


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kuberntes", "kubernetes"),
        ("pyhton developper", "developer python"),
        ("title:ypthon", "title:python"),
        ('"data scientits"', '"data scientist"'),
        ("datascientist", '"data scientist"'),
        ("developer -java pythn", "developer python -java"),
    ],
)
def test_where_nothing_matches_misspelt_words_are_put_right(
    words: Shelf, index: SearchIndex, typed: str, meant: str
) -> None:
    found = find(words, index, q=typed, country="DE", facets=("country",))
    assert (found.instead, found.total) == (meant, 3)
    assert counts(found, "country") == {"DE": 3}
    assert parse(found.canonical) == Filters(q=meant, country="DE").to_query()


@pytest.mark.parametrize(
    "typed", ["python", "python java", "zzzzqqqq", "pyt", "kuberntes*", "-python -developer"]
)
def test_nothing_is_corrected_that_finds_something_or_resembles_nothing(
    words: Shelf, index: SearchIndex, typed: str
) -> None:
    found = find(words, index, q=typed)
    assert (found.instead, list(found.did_you_mean)) == (None, [])


def test_a_correction_has_to_pass_the_filters_too(words: Shelf, index: SearchIndex) -> None:
    assert find(words, index, q="pyhton", country="FR").instead is None


def test_other_corrections_are_offered(words: Shelf, index: SearchIndex) -> None:
    for _ in range(40):
        words.add(title="Nurse")
        words.add(title="Norse")
    rebuilt(words, index)
    found = find(words, index, q="nrse")
    assert {found.instead, *found.did_you_mean} == {"nurse", "norse"}


@pytest.mark.parametrize("sort", ["newest", "relevance", "salary"])
def test_pages_of_a_corrected_search_go_on(words: Shelf, index: SearchIndex, sort: str) -> None:
    cursor = None
    seen: list[int] = []
    for _ in range(3):
        found = find(words, index, cursor, 1, q="pyhton", sort=sort)
        assert (found.instead, found.total) == ("python", 3)
        seen += [listing.id for listing in found.listings]
        cursor = found.next_cursor
    assert cursor is None
    assert len(set(seen)) == 3


def test_a_correction_is_only_made_when_asked_for(words: Shelf, index: SearchIndex) -> None:
    strict = search.find(words.session, Filters(q="pyhton"), None, 5, words.now, index)
    assert (strict.total, strict.instead) == (0, None)


def test_a_search_that_costs_too_much_looks_at_the_newest_only_and_says_so(
    shelf: Shelf, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        shelf.add(title="State of the art", first_seen_at=shelf.now - timedelta(hours=number))
    rebuilt(shelf, index)
    assert not find(shelf, index, q='"of the"').partial
    monkeypatch.setattr(view, "_BUDGET", 40 * 100)
    rebuilt(shelf, index)
    for sort in ("newest", "relevance", "salary"):
        found = find(shelf, index, q='"of the"', sort=sort, facets=("source",))
        assert found.partial
        assert found.total == 11
        assert counts(found, "source") == {"greenhouse": 11}
    newest = find(shelf, index, q='"of the"', limit=3)
    assert newest.listings[0].first_seen_at == shelf.now
    assert not find(shelf, index, q="mode:remote").partial


def test_the_dearest_queries_are_those_of_many_common_phrases(many: Shelf, index: SearchIndex) -> None:
    searcher = index._latest().searcher
    cheap, dear = (effort.of(parse(text).node, searcher) for text in ("engineer", '"engineer engineer"'))
    assert cheap < dear
    assert effort.of(parse('"engineer engineer" nothing').node, searcher) < cheap


def test_a_query_has_few_beginnings() -> None:
    parse("ab* cd* ef* gh* ij*")
    with pytest.raises(QueryError, match='at most 5 words end in "\\*"'):
        parse("ab* cd* ef* gh* ij* kl*")
    lone = parse("東 京 大 阪 名 古 屋")
    assert parse(lone.canonical) == lone

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from backend.domain.query import Filters, QueryError, parse
from backend.search.reader import BadCursor, SearchIndex
from backend.search.schema import VERSION, IndexUnusable
from backend.services import rebuilding, search
from backend.services import scan as scanning
from backend.services.scan import scan
from tests.services.stored import Shelf


@pytest.fixture(params=["index", "database"])
def either(request: pytest.FixtureRequest) -> bool:
    """Whether to search with an index or without."""
    return request.param == "index"


def titles(found: search.Found) -> list[str]:
    return [listing.title for listing in found.listings]


def find(shelf: Shelf, index: SearchIndex, either: bool, **filters: object) -> search.Found:
    if either:
        rebuilding.rebuild(shelf.session, index.directory)
    return search.find(shelf.session, Filters(**filters), None, 50, shelf.now, index)  # type: ignore[arg-type]


def test_newest_come_first_with_an_exact_count(shelf: Shelf, index: SearchIndex, either: bool) -> None:
    for age in (3, 1, 2):
        shelf.add(title=f"Engineer {age}", first_seen_at=shelf.now - timedelta(days=age))
    shelf.add(title="Cook")
    found = find(shelf, index, either, q="engineer")
    assert titles(found) == ["Engineer 1", "Engineer 2", "Engineer 3"]
    assert (found.total, found.next_cursor, found.partial) == (3, None, False)


def test_filters_and_words_are_one_query(shelf: Shelf, index: SearchIndex, either: bool) -> None:
    shelf.add(title="Python in Berlin", places=[("Berlin", "DE")], work_mode="remote")
    shelf.add(title="Python in Paris", places=[("Paris", "FR")], work_mode="remote")
    shelf.add(title="Python at the office", places=[("Berlin", "DE")], work_mode="onsite")
    found = find(shelf, index, either, q="python", country=["DE", "AT"], mode="remote")
    assert titles(found) == ["Python in Berlin"]
    assert found.canonical == "(country:AT OR country:DE) mode:remote python"


def test_a_country_is_found_by_its_name_though_the_place_does_not_say_it(
    shelf: Shelf, index: SearchIndex, either: bool
) -> None:
    shelf.add(title="One", places=[("Berlin", "DE")])
    assert find(shelf, index, either, q="location:germany").total == 1
    assert find(shelf, index, either, q="germany").total == 1


def test_closed_listings_are_found_when_asked_for(shelf: Shelf, index: SearchIndex, either: bool) -> None:
    shelf.add(title="Here")
    shelf.add(title="Gone", closed_at=shelf.now)
    assert titles(find(shelf, index, either)) == ["Here"]
    assert titles(find(shelf, index, either, status="closed")) == ["Gone"]
    assert find(shelf, index, either, status="all").total == 2


def test_snippets_mark_the_words_and_escape_the_rest(shelf: Shelf, index: SearchIndex, either: bool) -> None:
    listing = shelf.add(title="Dev", html="<p>We like <b>C++</b> &amp; tea &lt;script&gt;</p>")
    found = find(shelf, index, either, q="c++")
    assert found.snippets == {listing.id: "We like <mark>C++</mark> &amp; tea &lt;script&gt;"}


@pytest.mark.parametrize("sort", ["newest", "salary"])
def test_pages_neither_skip_nor_repeat_while_listings_arrive(
    shelf: Shelf, index: SearchIndex, sort: str
) -> None:
    wanted = {shelf.add(title=f"Old {number}", salary_max=1000.0 * (number % 3)).id for number in range(25)}
    rebuilding.rebuild(shelf.session, index.directory)
    filters = Filters(sort=sort, q="old OR new")  # type: ignore[arg-type]
    seen: list[int] = []
    cursor = None
    while True:
        found = search.find(shelf.session, filters, cursor, 4, shelf.now, index)
        seen += [listing.id for listing in found.listings]
        cursor = found.next_cursor
        if cursor is None:
            break
        shelf.add(title="New", first_seen_at=shelf.now + timedelta(seconds=len(seen)), salary_max=9e6)
        rebuilding.rebuild(shelf.session, index.directory)
    assert len(seen) == len(set(seen))
    assert set(seen) == wanted


def test_a_page_of_the_database_goes_on_where_one_of_the_index_ended(
    shelf: Shelf, index: SearchIndex
) -> None:
    for number in range(9):
        shelf.add(title=f"Old {number}", first_seen_at=shelf.now - timedelta(milliseconds=300 * number))
    by_database = search.find(shelf.session, Filters(), None, 9, shelf.now, index)
    first = search.find(shelf.session, Filters(), None, 4, shelf.now, index)
    rebuilding.rebuild(shelf.session, index.directory)
    rest = search.find(shelf.session, Filters(), first.next_cursor, 9, shelf.now, index)
    assert titles(by_database) == titles(first) + titles(rest)
    assert rest.total == 9


def test_a_title_counts_for_more_than_the_text_when_sorted_by_relevance(
    shelf: Shelf, index: SearchIndex
) -> None:
    shelf.add(title="Gardener", html="<p>python, " + "many other words " * 20 + "</p>")
    shelf.add(title="Python gardener", html="<p>" + "many other words " * 20 + "</p>")
    found = find(shelf, index, True, q="python", sort="relevance")
    assert titles(found) == ["Python gardener", "Gardener"]


def test_without_an_index_another_order_is_said_to_be_partial(shelf: Shelf, index: SearchIndex) -> None:
    shelf.add(title="One", salary_max=5.0)
    found = find(shelf, index, False, sort="salary")
    assert (titles(found), found.partial) == (["One"], True)


def test_a_scan_out_of_time_says_so_and_can_be_gone_on_with(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "LEAST", 1)
    for number in range(5):
        shelf.add(title=f"Engineer {number}")
    query = parse("engineer")
    ids: list[int] = []
    below = None
    for _ in range(5):
        one = scan(shelf.session, query, status="open", below=below, limit=9, now=shelf.now, budget=-1)
        assert not one.complete
        ids += one.ids
        below = one.next_below
    assert len(set(ids)) == 5


def test_a_cursor_of_another_search_is_refused(shelf: Shelf, index: SearchIndex) -> None:
    for number in range(3):
        shelf.add(title=f"Engineer {number}")
    rebuilding.rebuild(shelf.session, index.directory)
    by_age = search.find(shelf.session, Filters(), None, 1, shelf.now, index)
    with pytest.raises(BadCursor):
        search.find(shelf.session, Filters(sort="salary"), by_age.next_cursor, 1, shelf.now, index)
    with pytest.raises(BadCursor):
        search.find(shelf.session, Filters(), "nonsense", 1, shelf.now, index)


def test_a_wrong_filter_is_a_query_error(shelf: Shelf, index: SearchIndex) -> None:
    with pytest.raises(QueryError, match="Atlantis"):
        search.find(shelf.session, Filters(country="Atlantis"), None, 1, shelf.now, index)


@pytest.mark.parametrize("damage", ["truncated", "removed", "older", "half-written", "no meta"])
def test_a_damaged_index_is_noticed_and_the_database_answers(
    shelf: Shelf, tmp_path: Path, damage: str
) -> None:
    shelf.add(title="Still found")
    directory = tmp_path / "search"
    rebuilding.rebuild(shelf.session, directory)
    [segment] = directory.glob("*/*.term")
    if damage == "truncated":
        segment.write_bytes(segment.read_bytes()[:-20])
    elif damage == "removed":
        segment.unlink()
    elif damage == "older":
        (directory / "current").write_text((directory / "current").read_text().replace(VERSION, "0.9"))
    elif damage == "half-written":
        (directory / "current").write_text("{")
    else:
        (segment.parent / "meta.json").unlink()
    index = SearchIndex(directory)
    with pytest.raises(IndexUnusable):
        index.count()
    assert titles(search.find(shelf.session, Filters(), None, 5, shelf.now, index)) == ["Still found"]
    rebuilding.rebuild(shelf.session, directory)
    assert index.count() == 1


def test_an_open_index_follows_a_rebuild(shelf: Shelf, tmp_path: Path) -> None:
    index = SearchIndex(tmp_path / "search")
    shelf.add(title="One")
    rebuilding.rebuild(shelf.session, index.directory)
    assert index.count() == 1
    shelf.add(title="Two")
    rebuilding.rebuild(shelf.session, index.directory)
    assert index.count() == 2
    assert len([path for path in index.directory.iterdir() if path.is_dir()]) == 1

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend.domain.query import Filters
from backend.search import typeahead
from backend.search.reader import SearchIndex
from backend.search.typeahead import Completions, Offer
from backend.services import completions, rebuilding, search
from backend.services.completions import Renewal, complete
from tests.services.searched import in_city
from tests.services.stored import Shelf


def offered(directory: Path, typed: str, limit: int = 8) -> list[tuple[str, str, int]]:
    return [(one.text, one.query, one.count) for one in complete(directory, typed, limit)]


def test_titles_companies_and_places_are_offered_with_how_many_are_open(shelf: Shelf, tmp_path: Path) -> None:
    for title in ("Data engineer (m/f/d)", "Data Engineer - Berlin", "Senior data engineer", "Cook"):
        in_city(shelf, title, "Köln")
    shelf.add(title="Data engineer", closed_at=shelf.now)
    completions.build(shelf.session, tmp_path)
    assert offered(tmp_path, "data e") == [
        ("Data engineer", 'title:"data engineer"', 3),
        ("Senior data engineer", 'title:"senior data engineer"', 1),
    ]
    assert offered(tmp_path, "kol") == [("Köln", 'city:"koln"', 4)]
    assert offered(tmp_path, "germ") == [("Germany", "country:DE", 4)]
    assert offered(tmp_path, "robot") == [("Acme Robotics", f"employer:{shelf.company.slug}", 4)]
    assert offered(tmp_path, "zebra") == offered(tmp_path, "") == offered(tmp_path, "?") == []


def test_what_is_offered_finds_as_many_as_it_says(shelf: Shelf, tmp_path: Path, session: Session) -> None:
    index = SearchIndex(tmp_path)
    for title in (
        "C++ developer",
        "Senior C++ developers",
        "東京の開発者",
        "R&D lead, Paris",
        "Chef - 100 %",
    ):
        in_city(shelf, title, "New York", "US")
    completions.build(session, tmp_path)
    rebuilding.rebuild(session, tmp_path)
    for typed in ("c++", "dev", "東", "r&", "lead", "chef", "new y", "unit", "acme", "senior"):
        found = complete(tmp_path, typed, 8)
        assert found, typed
        for one in found:
            result = search.find(session, Filters(q=one.query), None, 50, shelf.now, index)
            assert result.total == one.count, one


def test_each_kind_has_its_share_and_takes_what_the_others_leave(shelf: Shelf, tmp_path: Path) -> None:
    for number in range(12):
        in_city(shelf, f"Painter {chr(97 + number)}", "Paris", "FR")
    completions.build(shelf.session, tmp_path)
    kinds = [one.kind for one in complete(tmp_path, "pa", 8)]
    assert sorted(kinds) == ["place", *["title"] * 7]
    assert len(complete(tmp_path, "pa", 20)) == 13


def test_a_missing_or_broken_file_offers_nothing_until_it_is_made_anew(shelf: Shelf, tmp_path: Path) -> None:
    assert offered(tmp_path, "cook") == []
    (tmp_path / typeahead.NAME).write_bytes(b"{}\n")
    assert offered(tmp_path, "cook") == []
    shelf.add(title="Cook")
    completions.build(shelf.session, tmp_path)
    assert offered(tmp_path, "cook") == [("Cook", 'title:"cook"', 1)]


def test_they_are_counted_a_step_at_a_time(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completions, "BATCH", 1)
    for name in ("Cook", "Baker", "Tailor"):
        shelf.add(title=name)
    renewal = Renewal(shelf.session, tmp_path)
    steps = 0
    while not offered(tmp_path, "cook"):
        renewal.advance(seconds=0)
        steps += 1
    assert steps > 6
    shelf.add(title="Cook")
    renewal.advance(seconds=60)  # it rests
    assert offered(tmp_path, "cook") == [("Cook", 'title:"cook"', 1)]


WORDS = st.lists(st.sampled_from(["a", "ab", "abc", "b", "ba", "é", "東京"]), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(
    texts=st.dictionaries(WORDS.map(" ".join), st.integers(1, 30), max_size=12),
    typed=st.sampled_from(["a", "ab", "ab a", "b", "e", "東", "x"]),
)
def test_the_heaviest_are_found(
    tmp_path_factory: pytest.TempPathFactory, texts: dict[str, int], typed: str
) -> None:
    folder = tmp_path_factory.mktemp("completions")
    offers = [Offer(text, f"q:{text}", count) for text, count in texts.items()]
    typeahead.write(folder, {"title": typeahead.section(offers)})

    def weight(text: str) -> int:
        words = [word.replace("é", "e") for word in text.split()]
        starts = [" ".join(words[number:]).startswith(typed) for number in range(len(words))]
        return texts[text] * (4 if starts[0] else any(starts))

    found = [offer.text for offer in Completions(folder).best("title", typed, 5)]
    wanted = sorted((weight(text) for text in texts if weight(text)), reverse=True)[:5]
    assert [weight(text) for text in found] == wanted
    assert len(found) == len(set(found))

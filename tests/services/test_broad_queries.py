"""A query that matches more than half of the open listings is refused, where there are enough to tell."""

import pytest

from backend.services import broad_queries, rebuilding, search
from backend.services.tracked_query import TrackerRefused
from tests.services.stored import Shelf


@pytest.fixture
def shelf(session, now):
    shelf = Shelf(session, now)
    for title in ("Nurse", "Nurse by night", "Nurse in Berlin", "Cook", "Cook in Berlin"):
        shelf.add(title)
    shelf.add("Gardener", closed_at=now)
    return shelf


def ask(query, now):
    """None, or why it is refused."""
    try:
        broad_queries.refuse_nearly_everything(query, now)
    except TrackerRefused as refusal:
        return str(refusal)
    return None


def test_more_than_half_of_the_open_listings_are_too_many(shelf, settings, now, mocker):
    mocker.patch.object(broad_queries, "FEWEST", 5)
    rebuilding.rebuild(shelf.session, search.search_directory(settings))
    said = ask("nurse", now)
    assert said is not None
    assert said.startswith("This matches 60 % of all open listings, and a tracker may match 50 % at most;")
    assert ask("nurse OR cook", now).startswith("This matches 100 %")
    assert ask("seen<30d -gardener salary>0", now) is None
    assert ask("cook", now) is None
    assert ask("nurse berlin", now) is None


def test_of_few_listings_or_without_an_index_nobody_can_tell(shelf, settings, now):
    assert ask("nurse", now) is None
    rebuilding.rebuild(shelf.session, search.search_directory(settings))
    assert ask("nurse", now) is None


def test_a_broken_query_is_refused_as_ever(shelf, now):
    assert "only excludes" in ask("-nurse", now)

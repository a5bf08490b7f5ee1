"""How many openings each value of a filter would leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.search.reader import SearchIndex
from tests.services.searched import counts, find, in_city, rebuilt
from tests.services.stored import Shelf


@pytest.fixture
def cities(shelf: Shelf, index: SearchIndex) -> Shelf:
    in_city(shelf, "Python developer", "Köln", "DE", work_mode="remote", level="senior")
    in_city(shelf, "Python tester", "Berlin", "DE", work_mode="onsite")
    in_city(shelf, "Python writer", "Paris", "FR", work_mode="remote", employment_type="full_time")
    in_city(shelf, "Cook", "Paris", "FR", work_mode="onsite")
    in_city(shelf, "Python", "Oslo", "NO", closed_at=shelf.now)
    rebuilt(shelf, index)
    return shelf


def test_a_facet_is_counted_without_its_own_filter_and_with_all_others(
    cities: Shelf, index: SearchIndex
) -> None:
    found = find(cities, index, q="python", country="DE", mode="remote", facets=("country", "mode", "city"))
    assert found.total == 1
    assert counts(found, "country") == {"DE": 1, "FR": 1}
    assert counts(found, "mode") == {"remote": 1, "onsite": 1}
    assert counts(found, "city") == {"koln": 1}


def test_a_filter_typed_into_the_query_is_the_facets_own_too_but_an_exclusion_is_not(
    cities: Shelf, index: SearchIndex
) -> None:
    typed = find(cities, index, q="(country:DE OR country:NO) python", facets=("country",))
    assert counts(typed, "country") == {"DE": 2, "FR": 1, "NO": 0}
    excluded = find(cities, index, q="-country:DE", facets=("country",))
    assert counts(excluded, "country") == {"FR": 2}
    mixed = find(cities, index, q="country:DE OR cook", facets=("country",))
    assert counts(mixed, "country") == {"DE": 2, "FR": 1}


def test_facets_are_called_as_people_call_them(cities: Shelf, index: SearchIndex) -> None:
    names = ("employer", "country", "city", "mode", "type", "level", "source", "posted")
    found = find(cities, index, facets=names)
    assert found.facets is not None
    labels = {name: {one.value: one.label for one in values} for name, values in found.facets.items()}
    assert labels == {
        "employer": {cities.company.slug: "Acme Robotics"},
        "country": {"DE": "Germany", "FR": "France"},
        "city": {"koln": "Köln", "berlin": "Berlin", "paris": "Paris"},
        "mode": {"remote": "Remote", "onsite": "On site"},
        "type": {"full_time": "Full time"},
        "level": {"senior": "Senior"},
        "source": {"greenhouse": "Greenhouse"},
        "posted": {"1d": "24 hours", "3d": "3 days", "7d": "7 days", "14d": "14 days", "30d": "30 days"},
    }


def test_posted_within_counts_what_the_filter_of_that_age_finds(shelf: Shelf, index: SearchIndex) -> None:
    for days in (0, 2, 2, 6, 13, 29, 31):
        shelf.add(title="Cook", posted_at=shelf.now - timedelta(days=days))
    shelf.add(title="Cook")
    rebuilt(shelf, index)
    found = find(shelf, index, posted_within_days=3, facets=("posted",))
    assert counts(found, "posted") == {"1d": 1, "3d": 3, "7d": 4, "14d": 5, "30d": 6}
    for value, count in counts(found, "posted").items():
        assert find(shelf, index, posted_within_days=int(value[:-1])).total == count


def test_twenty_values_of_a_facet_are_shown_and_the_selected_ones_always(
    shelf: Shelf, index: SearchIndex
) -> None:
    for number in range(26):
        for _ in range(2 if number < 25 else 1):
            in_city(shelf, "Cook", f"Town {chr(97 + number)}", "DE")
    rebuilt(shelf, index)
    found = find(shelf, index, city=["Town z", "Town nowhere"], facets=("city",))
    assert len(counts(found, "city")) == 22
    assert counts(found, "city")["town z"] == 1
    assert counts(found, "city")["town nowhere"] == 0


def test_listings_that_state_no_value_take_no_place_in_a_facet(shelf: Shelf, index: SearchIndex) -> None:
    for _ in range(3):
        shelf.add(title="Cook")
    for number in range(20):
        in_city(shelf, "Cook", f"Town {chr(97 + number)}", "DE")
    rebuilt(shelf, index)
    found = find(shelf, index, facets=("city", "country", "mode"))
    assert counts(found, "city") == {f"town {chr(97 + number)}": 1 for number in range(20)}
    assert counts(found, "country") == {"DE": 20}
    assert counts(found, "mode") == {}


def test_a_listing_in_several_cities_counts_in_each(shelf: Shelf, index: SearchIndex) -> None:
    in_city(shelf, "Cook", "Paris", "FR")
    listing = shelf.add(title="Cook")
    listing.locations = [
        {"text": city, "city": city, "region": None, "country": "FR"} for city in ("Lyon", "Paris", "Nice")
    ]
    shelf.session.commit()
    rebuilt(shelf, index)
    assert counts(find(shelf, index, facets=("city",)), "city") == {"paris": 2, "lyon": 1, "nice": 1}
    selected = find(shelf, index, city=["Lyon"], facets=("city", "country"))
    assert counts(selected, "city") == {"paris": 2, "lyon": 1, "nice": 1}
    assert counts(selected, "country") == {"FR": 1}


def test_facets_follow_what_is_indexed(shelf: Shelf, index: SearchIndex) -> None:
    in_city(shelf, "Cook", "Paris", "FR")
    rebuilt(shelf, index)
    assert counts(find(shelf, index, facets=("country",)), "country") == {"FR": 1}
    in_city(shelf, "Cook", "Lyon", "FR")
    rebuilt(shelf, index)
    assert counts(find(shelf, index, facets=("country",)), "country") == {"FR": 2}

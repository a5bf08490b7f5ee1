"""Free text about places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.gazetteer import country_code
from backend.domain.places import complete, read_places
from backend.domain.posting import Location

Place = tuple[str | None, str | None, str | None]

ONE: list[tuple[str, Place]] = [
    ("Berlin, Germany", ("Berlin", None, "DE")),
    ("Germany, Berlin", ("Berlin", None, "DE")),
    ("Europe, Germany, Berlin", ("Berlin", None, "DE")),
    ("Remote - Germany", (None, None, "DE")),
    ("Remote (Buenos Aires, Argentina)", ("Buenos Aires", None, "AR")),
    ("Brazil (Remote)", (None, None, "BR")),
    ("Anywhere in the United States", (None, None, "US")),
    ("US Remote", (None, None, "US")),
    ("US-NJ-Edison", ("Edison", "New Jersey", "US")),
    ("US, CA, Santa Clara", ("Santa Clara", "California", "US")),
    ("Edison, NJ, US", ("Edison", "New Jersey", "US")),
    ("New York, New York", ("New York", "New York", "US")),
    ("New York, NY (HQ)", ("New York", "New York", "US")),
    ("Washington, DC 20004", ("Washington", "District of Columbia", "US")),
    ("Washington, D.C.", ("Washington", "District of Columbia", "US")),
    ("San Francisco Bay Area", (None, "California", "US")),
    ("Bend, OR", ("Bend", "Oregon", "US")),
    ("Cambridge, MA", ("Cambridge", "Massachusetts", "US")),
    ("Paris, Texas", ("Paris", "Texas", "US")),
    ("London, Ontario", ("London", "Ontario", "CA")),
    ("Halifax, England, United Kingdom", ("Halifax", "England", "GB")),
    ("London, UK (hybrid)", ("London", None, "GB")),
    ("UK - HQ - London", ("London", None, "GB")),
    ("IN - Bengaluru", ("Bengaluru", None, "IN")),
    ("Indianapolis, IN", ("Indianapolis", "Indiana", "US")),
    ("Berlin, DE", ("Berlin", None, "DE")),
    ("Wilmington, DE", ("Wilmington", "Delaware", "US")),
    ("Tbilisi, Georgia", ("Tbilisi", None, "GE")),
    ("Atlanta, Georgia", ("Atlanta", "Georgia", "US")),
    ("Georgia", (None, None, None)),
    ("Poznań, Wielkopolskie, Poland", ("Poznań", "Wielkopolskie", "PL")),
    ("São Paulo, São Paulo, Brazil", ("São Paulo", None, "BR")),
    ("Singapore, Singapore", ("Singapore", None, "SG")),
    ("Winston-Salem, NC", ("Winston-Salem", "North Carolina", "US")),
    ("Trinidad and Tobago", (None, None, "TT")),
    ("Deutschland", (None, None, "DE")),
    ("Москва", ("Moscow", None, "RU")),
    ("Lebanon, NH", ("Lebanon", "New Hampshire", "US")),
    ("Georgia, USA, Remote", (None, "Georgia", "US")),
    ("Granada, Andalusia, Spain", ("Granada", "Andalusia", "ES")),
    ("180 Linden Street, Suite 130, Wellesley, MA 02482", (None, None, "US")),
    ("Canada - Remote (ON, AB, BC, or NS Only)", (None, None, "CA")),
    ("London, undefined", ("London", None, "GB")),
    ("Remote", (None, None, None)),
    ("EMEA", (None, None, None)),
    ("Headquarters", (None, None, None)),
    ("in", (None, None, None)),
    ("3 Locations", (None, None, None)),
]

SEVERAL: list[tuple[str, list[str | None]]] = [
    ("London, Dublin", ["GB", "IE"]),
    ("London/Dublin", ["GB", "IE"]),
    ("Berlin, Germany; Paris, France", ["DE", "FR"]),
    ("Austin | Chicago | New York City", ["US", "US", "US"]),
    ("US / Canada", ["US", "CA"]),
    ("Oslo or Bergen", ["NO", "NO"]),
    ("SF, NYC, SEA, CHI", ["US", "US", "US", "US"]),
    ("San Francisco, CA, New York, NY, Portland, OR", ["US", "US", "US"]),
    ("CA-Toronto, CA-Montreal", ["CA", "CA"]),
    ("Chicago, ATL, US-Remote", ["US", "US", "US"]),
    ("Sweden, Dublin, Amsterdam", ["SE", "IE", "NL"]),
    ("Hong Kong , Singapore", ["HK", "SG"]),
]


@pytest.mark.parametrize(("text", "parts"), ONE, ids=[text for text, _ in ONE])
def test_a_text_of_one_place_tells_city_region_and_country(text: str, parts: Place) -> None:
    assert read_places(text) == (Location(text, *parts),)


@pytest.mark.parametrize(("text", "countries"), SEVERAL, ids=[text for text, _ in SEVERAL])
def test_a_text_of_several_places_becomes_several(text: str, countries: list[str | None]) -> None:
    assert [place.country for place in read_places(text)] == countries


@pytest.mark.parametrize("text", ["", " ", "n/a", "N/A", "na", "-", "TBD", "undefined"])
def test_words_for_nothing_are_no_place(text: str) -> None:
    assert read_places(text) == ()


def test_what_the_source_said_of_a_place_stays() -> None:
    given_place = Location("Hub North", "San Francisco", "CA", "US")

    assert complete(given_place) == (Location("Hub North", "San Francisco", "California", "US"),)
    assert complete(Location("Dublin", country="US")) == (Location("Dublin", country="US"),)
    assert complete(Location("Lyon, France", country="FR")) == (Location("Lyon, France", "Lyon", None, "FR"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [("Germany", "DE"), ("de", "DE"), ("GBR", "GB"), ("UK", "GB"), ("USA", "US"), ("The Netherlands", "NL"),
     ("Türkiye", "TR"), ("Turkey", "TR"), ("Korea, Republic of", "KR"), ("España", "ES"), ("Atlantis", None),
     ("EU", None), ("", None), (None, None)],
)  # fmt: skip
def test_countries_are_known_by_names_and_codes(text: str | None, code: str | None) -> None:
    assert country_code(text) == code


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from([text for text, _ in ONE] + [",", "-", ";", "("])).map(" ".join)
)
def test_any_text_is_read_without_a_surprise(text: str) -> None:
    for place in read_places(text):
        assert place.text
        assert place.country is None or len(place.country) == 2
        assert place.country or (place.city, place.region) == (None, None)


def test_a_country_with_nothing_but_marks_before_it_is_a_text():
    assert [place.text for place in read_places("Îl,-de-France")] == ["Îl,-de-France"]

"""A search as Atom and as JSON Feed: valid by RFC 4287 and JSON Feed 1.1, and safe to show."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema_rs import validator_for
from lxml import etree

from backend.services import rebuilding
from backend.services.search import search_directory
from backend.settings import Settings
from tests.api.conftest import THEN, Caller, World

ATOM, JSON = "/api/listings/feed.atom", "/api/listings/feed.json"
A = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FEED_PARTS = {"id", "title", "subtitle", "updated", "author", "link", "entry"}
ENTRY_PARTS = {"id", "title", "link", "published", "updated", "author", "category", "summary", "content"}
URL = {"type": "string", "pattern": "^https?://"}
DATE_TIME = "^\\d{4}-\\d\\d-\\d\\dT.*(Z|[+-]\\d\\d:\\d\\d)$"
MOMENT = {"type": "string", "format": "date-time", "pattern": DATE_TIME}
PERSON = {
    "type": "object",
    "minProperties": 1,
    "properties": {"name": {"type": "string"}, "url": URL, "avatar": URL},
}
JSON_FEED_1_1 = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "home_page_url": URL,
        "feed_url": URL,
        "description": {"type": "string"},
        "next_url": URL,
        "icon": URL,
        "favicon": URL,
        "authors": {"type": "array", "items": PERSON},
        "language": {"type": "string"},
        "expired": {"type": "boolean"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": URL,
                    "external_url": URL,
                    "title": {"type": "string"},
                    "content_html": {"type": "string", "minLength": 1},
                    "content_text": {"type": "string", "minLength": 1},
                    "summary": {"type": "string"},
                    "image": URL,
                    "date_published": MOMENT,
                    "date_modified": MOMENT,
                    "authors": {"type": "array", "items": PERSON},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "language": {"type": "string"},
                },
            },
        },
    },
}
"""By https://www.jsonfeed.org/version/1.1/"""


@pytest.fixture
def acme(world: World) -> World:
    board = world.board(world.company("Acme & Söhne"))
    for number in range(3):
        world.listing(
            board,
            f"Engineer <{number}>",
            f"<p>Text {number} &amp; more</p>",
            first_seen_at=THEN + timedelta(hours=number),
            changed_at=THEN + timedelta(hours=number),
            work_mode="remote",
            level="senior",
            employment_type="full_time",
            salary_min=70_000.0,
            salary_max=90_000.0,
            salary_currency="EUR",
            salary_period="year",
        )
    return world


def atom(visitor: Caller, query: str = "") -> etree._Element:
    answer = visitor.get(ATOM + query)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    root = etree.fromstring(answer.data)
    check_atom(root)
    return root


def json_feed(visitor: Caller, query: str = "") -> dict[str, Any]:
    answer = visitor.get(JSON + query)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/feed+json"
    validator_for(JSON_FEED_1_1, validate_formats=True).validate(answer.json)
    ids = [item["id"] for item in answer.json["items"]]
    assert len(ids) == len(set(ids))
    return answer.json


def check_atom(root: etree._Element) -> None:
    """What RFC 4287 asks in 4.1.1, 4.1.2, 3.3 and 4.2."""
    assert root.tag == f"{A}feed"
    check_parts(root, FEED_PARTS, once={"id", "title", "updated", "subtitle"})
    (own,) = (link for link in root.findall(f"{A}link") if link.get("rel") == "self")
    assert own.get("href") == root.findtext(f"{A}id")
    check_entries(root)


def check_entries(root: etree._Element) -> None:
    ids = [entry.findtext(f"{A}id") for entry in root.findall(f"{A}entry")]
    assert len(ids) == len(set(ids))
    for entry in root.findall(f"{A}entry"):
        check_parts(entry, ENTRY_PARTS, once={"id", "title", "updated", "published", "summary", "content"})
        assert entry.find(f"{A}content").get("type") == "html"
        assert all(category.get("term") for category in entry.findall(f"{A}category"))
    for container in (root, *root.findall(f"{A}entry")):
        links = [(link.get("rel"), link.get("type")) for link in container.findall(f"{A}link")]
        assert links.count(("alternate", "text/html")) == 1
        assert all(urlsplit(link.get("href")).scheme for link in container.findall(f"{A}link"))
        assert urlsplit(container.findtext(f"{A}id")).scheme
        assert container.findtext(f"{A}author/{A}name")


def check_parts(element: etree._Element, allowed: set[str], once: set[str]) -> None:
    names = Counter(etree.QName(child).localname for child in element)
    assert set(names) <= allowed
    assert {name: names[name] for name in once} == dict.fromkeys(once, 1)
    for name in ("updated", "published"):
        for moment in element.findall(f"{A}{name}"):
            assert DATE.fullmatch(moment.text or "")


@pytest.fixture(params=["the index", "the database"])
def searched(request: pytest.FixtureRequest, acme: World, settings: Settings) -> World:
    if request.param == "the index":
        rebuilding.rebuild(acme.session, search_directory(settings))
    return acme


def test_an_atom_feed_lists_what_the_search_finds_newest_first(searched: World, visitor: Caller) -> None:
    entries = atom(visitor, "?q=engineer").findall(f"{A}entry")
    titles = [entry.findtext(f"{A}title") for entry in entries]
    assert titles == [f"Engineer <{number}> – Acme & Söhne" for number in (2, 1, 0)]
    assert entries[0].findtext(f"{A}content") == "<p>Text 2 &amp; more</p>"
    assert entries[0].findtext(f"{A}author/{A}name") == "Acme & Söhne"
    terms = [category.get("term") for category in entries[0].findall(f"{A}category")]
    assert terms == ["remote", "full time", "senior", "DE"]


def test_a_json_feed_lists_what_the_search_finds_newest_first(searched: World, visitor: Caller) -> None:
    items = json_feed(visitor, "?q=engineer")["items"]
    assert [item["title"] for item in items] == [f"Engineer <{n}> – Acme & Söhne" for n in (2, 1, 0)]
    assert items[0]["content_html"] == "<p>Text 2 &amp; more</p>"
    brief = "Acme & Söhne · Berlin · remote · full time · senior · EUR 70,000–90,000 a year"
    assert items[0]["summary"] == brief
    assert items[0]["url"].endswith("/listings/3")
    assert items[0]["external_url"].startswith("https://x.test/jobs/")


def test_a_feed_of_nothing_is_valid(visitor: Caller) -> None:
    assert atom(visitor).findall(f"{A}entry") == []
    assert json_feed(visitor)["items"] == []


def test_a_feed_holds_the_newest_hundred(world: World, visitor: Caller) -> None:
    board = world.board(world.company("Acme"))
    for number in range(101):
        world.listing(board, f"Engineer {number}", first_seen_at=THEN + timedelta(minutes=number))
    titles = [item["title"] for item in json_feed(visitor)["items"]]
    assert (len(titles), titles[0], titles[-1]) == (100, "Engineer 100 – Acme", "Engineer 1 – Acme")


def test_the_filters_of_a_search_are_those_of_its_feed(acme: World, visitor: Caller) -> None:
    board = acme.board(acme.company("Globex"))
    acme.listing(board, "Cook", closed_at=THEN)
    assert [item["title"] for item in json_feed(visitor, "?status=closed")["items"]] == ["Cook – Globex"]
    assert len(json_feed(visitor, "?mode=remote&level=senior")["items"]) == 3
    assert json_feed(visitor, "?mode=onsite")["items"] == []


def test_equal_searches_are_one_feed(acme: World, settings: Settings, visitor: Caller) -> None:
    one = atom(visitor, "?q=engineer&mode=remote&status=all").findtext(f"{A}id")
    two = atom(visitor, "?q=mode:remote+ENGINEER&status=all&utm_source=x").findtext(f"{A}id")
    assert one == two
    assert one.startswith(f"{settings.base_url}{ATOM}?")
    assert parse_qs(urlsplit(one).query) == {"q": ["engineer mode:remote"], "status": ["all"]}


def test_texts_are_made_harmless_once_more(world: World, visitor: Caller) -> None:
    board = world.board(world.company("Acme"))
    html = '<p onclick="x()">Hello</p><script>alert(1)</script><img src="https://spy.test/1.gif">'
    world.listing(board, "Cook \x07\x0b\ufffe]]>", html)
    assert json_feed(visitor)["items"][0]["content_html"] == "<p>Hello</p>"
    entry = atom(visitor).find(f"{A}entry")
    assert entry.findtext(f"{A}content") == "<p>Hello</p>"
    assert entry.findtext(f"{A}title") == "Cook ]]> – Acme"


def test_without_a_text_what_is_known_stands_for_it(world: World, visitor: Caller) -> None:
    world.listing(world.board(world.company("A<b>")), "Cook", "")
    assert json_feed(visitor)["items"][0]["content_html"] == "<p>A&lt;b&gt; · Berlin · DE</p>"


@pytest.mark.parametrize("path", [ATOM, JSON])
def test_an_unchanged_feed_costs_no_body(acme: World, visitor: Caller, path: str) -> None:
    first = visitor.get(path)
    tag = first.headers["ETag"]
    again = visitor.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "public, no-cache"
    acme.listing(acme.board(acme.company("Globex")), "Cook")
    assert visitor.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", [ATOM, JSON])
def test_a_feed_travels_packed(acme: World, visitor: Caller, path: str) -> None:
    assert visitor.get(path, headers={"Accept-Encoding": "br"}).headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("path", [ATOM, JSON])
def test_a_feed_of_a_query_that_cannot_be_read_is_refused(visitor: Caller, path: str) -> None:
    answer = visitor.get(f'{path}?q="open')
    assert (answer.status_code, answer.json["error"]["column"]) == (422, 1)


def test_the_newest_change_is_the_feeds_own(acme: World, visitor: Caller) -> None:
    updated = datetime.fromisoformat(atom(visitor).findtext(f"{A}updated"))
    assert updated == THEN + timedelta(hours=2)

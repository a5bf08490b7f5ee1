"""A tracker's feed: whoever has its address may read it, as long as it is that address."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from lxml import etree

from backend.models import Listing, User
from backend.settings import Settings
from tests.api.conftest import THEN, Caller, World
from tests.api.test_feeds import FEED_PARTS, A, check_entries, check_parts
from tests.api.tracking import find


@pytest.fixture
def ada(world: World) -> Caller:
    return world.caller("ada@example.org")


@pytest.fixture
def path(ada: Caller) -> str:
    made = ada.post("/api/trackers", {"query": "mechanic", "cadence": "instant", "name": "Engines & more"})
    return f"/api/trackers/{made.json['id']}"


def address(ada: Caller, path: str) -> str:
    """A new address of the feed; the path of it."""
    answer = ada.post(f"{path}/feed")
    assert answer.status_code == 200
    return urlsplit(answer.json["feed_url"]).path


def read(visitor: Caller, feed: str) -> etree._Element:
    answer = visitor.get(feed)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.data)


def test_anybody_with_the_address_reads_a_valid_feed_of_what_was_found(
    world: World, settings: Settings, ada: Caller, path: str, visitor: Caller
) -> None:
    find(world, settings, "Mechanic one", "Gardener", "Mechanic two")
    feed = address(ada, path)
    root = read(visitor, feed)
    check_parts(root, FEED_PARTS, once={"id", "title", "updated", "subtitle"})
    check_entries(root)
    assert root.findtext(f"{A}title") == "Job Tracker: Engines & more"
    assert root.find(f"{A}link[@rel='self']").get("href") == f"{settings.base_url}{feed}"
    entries = root.findall(f"{A}entry")
    titles = [entry.findtext(f"{A}title").partition(" – ")[0] for entry in entries]
    assert titles == ["Mechanic two", "Mechanic one"]
    assert entries[0].findtext(f"{A}content") == "<p>We build.</p>"
    found_at = ada.get(f"{path}/matches").json["items"][0]["found_at"]
    assert entries[0].findtext(f"{A}published") == found_at


def test_a_role_in_many_places_is_one_entry_that_keeps_its_name(
    world: World, settings: Settings, ada: Caller, path: str, visitor: Caller
) -> None:
    find(world, settings, "Mechanic", "Mechanic", "Mechanic")
    feed = address(ada, path)
    [entry] = read(visitor, feed).findall(f"{A}entry")
    assert "Berlin 0, Berlin 1, Berlin 2" in entry.findtext(f"{A}summary")
    first = world.session.get(Listing, ada.get(f"{path}/matches").json["items"][0]["listing"]["id"])
    first.closed_at = first.changed_at = datetime.now(UTC)
    world.session.commit()
    [later] = read(visitor, feed).findall(f"{A}entry")
    assert later.findtext(f"{A}id") == entry.findtext(f"{A}id")
    assert later.find(f"{A}link").get("href") != entry.find(f"{A}link").get("href")


def test_a_replaced_or_removed_address_is_not_found(ada: Caller, path: str, visitor: Caller) -> None:
    assert ada.get(path).json["feed_url"] is None
    old = address(ada, path)
    feed_id = read(visitor, old).findtext(f"{A}id")
    new = address(ada, path)
    assert visitor.get(old).status_code == 404
    assert read(visitor, new).findtext(f"{A}id") == feed_id
    assert ada.delete(f"{path}/feed").json["feed_url"] is None
    assert visitor.get(new).status_code == 404


def test_the_feed_of_a_deleted_tracker_or_a_disabled_account_is_not_found(
    world: World, ada: Caller, path: str, visitor: Caller
) -> None:
    feed = address(ada, path)
    ada.delete(path)
    assert visitor.get(feed).status_code == 404
    ada.post(f"{path}/restore")
    assert visitor.get(feed).status_code == 200
    world.session.get(User, 1).disabled_at = THEN
    world.session.commit()
    assert visitor.get(feed).status_code == 404


def test_the_feed_takes_nothing_but_reading_and_no_other_link(
    ada: Caller, path: str, visitor: Caller
) -> None:
    feed = address(ada, path)
    for method in ("POST", "PUT", "DELETE"):
        assert visitor.client.open(feed, method=method).status_code == 405
    token = feed.rsplit("/", 1)[1]
    for other in (f"/api/unsubscribe/{token}", f"/api/renew/{token}", "/api/feeds/trackers/guess"):
        assert visitor.get(other).status_code == 404


def test_an_unchanged_feed_costs_no_body_and_is_kept_by_its_reader_only(
    world: World, settings: Settings, ada: Caller, path: str, visitor: Caller
) -> None:
    find(world, settings, "Mechanic")
    feed = address(ada, path)
    first = visitor.get(feed)
    tag = first.headers["ETag"]
    again = visitor.get(feed, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in first.headers
    find(world, settings, "Mechanic of another company")
    assert visitor.get(feed, headers={"If-None-Match": tag}).status_code == 200


def test_a_feed_of_nothing_is_valid(ada: Caller, path: str, visitor: Caller) -> None:
    assert read(visitor, address(ada, path)).findall(f"{A}entry") == []


def test_nobody_makes_or_ends_the_feed_of_another(world: World, ada: Caller, path: str) -> None:
    eve = world.caller("eve@example.org")
    address(ada, path)
    assert eve.post(f"{path}/feed").status_code == 404
    assert eve.delete(f"{path}/feed").status_code == 404
    assert ada.get(path).json["feed_url"] is not None

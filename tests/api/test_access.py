"""Every route there is, as nobody, a user, and an admin."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from werkzeug.routing import Rule

from backend.api.access import Access, access_of
from tests.api.conftest import Caller, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OPEN_TO_ALL = {
    "operations.alive",
    "operations.ready",
    "operations.metrics",
    "documentation.get_openapi",
    "documentation.viewer",
    "documentation.viewer_file",
    "documentation.viewer_start",
    "session.get_session",
    "session.log_in",
    "session.log_out",
    "users.register",
    "users.confirm_address",
    "users.request_reset",
    "users.reset_password",
    "search.search_listings",
    "listings.get_listing",
    "feeds.feed_atom",
    "feeds.feed_json",
    "exports.export_csv",
    "exports.export_jsonl",
    "companies.list_companies",
    "companies.get_company",
    "stats.get_stats",
    "stats.list_sources",
    "suggestions.suggest",
    "suggestions.complete_search",
    "mailed_links.look",
    "mailed_links.stop",
    "mailed_links.look_at_ends",
    "mailed_links.renew",
    "tracker_feeds.read_feed",
}


def routes(app: APIFlask) -> list[tuple[Rule, str]]:
    found = [
        (rule, method) for rule in app.url_map.iter_rules() for method in METHODS if method in rule.methods
    ]
    assert len(found) > 40
    return found


def address(rule: Rule) -> str:
    return re.sub(r"<(?:int:|.*?instance_number.*?)?[^>]*>", "1", rule.rule)


def status(caller: Caller, rule: Rule, method: str) -> int:
    if method == "GET":
        return caller.get(address(rule)).status_code
    return caller.send(method, address(rule), {}).status_code


def test_every_route_says_who_may_call_it(web: APIFlask) -> None:
    silent = [rule.rule for rule, _ in routes(web) if access_of(web, rule.endpoint) is None]
    assert silent == []


def test_only_the_routes_we_know_of_are_open_to_all(web: APIFlask) -> None:
    public = {rule.endpoint for rule, _ in routes(web) if access_of(web, rule.endpoint) is Access.PUBLIC}
    assert public - OPEN_TO_ALL == set()


def test_nobody_gets_only_what_is_public(web: APIFlask, visitor: Caller) -> None:
    for rule, method in routes(web):
        if access_of(web, rule.endpoint) is not Access.PUBLIC:
            assert status(visitor, rule, method) == 401, (method, rule.rule)


def test_a_user_gets_nothing_that_is_for_admins(web: APIFlask, world: World) -> None:
    user = world.caller("ada@example.org")
    for rule, method in routes(web):
        if access_of(web, rule.endpoint) is Access.ADMIN:
            assert status(user, rule, method) == 403, (method, rule.rule)


@pytest.mark.parametrize("admin", [False, True], ids=["a user", "an admin"])
def test_no_route_breaks_on_ids_that_do_not_exist(web: APIFlask, world: World, admin: bool) -> None:
    world.user("other@example.org", admin=True)
    caller = world.caller("ada@example.org", admin=admin)
    for rule, method in routes(web):
        if rule.endpoint in ("session.log_out", "operations.ready"):
            continue
        assert status(caller, rule, method) < 500, (method, rule.rule)


def test_a_route_that_declares_nothing_is_refused(web: APIFlask, world: World) -> None:
    web._got_first_request = False
    web.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert Caller(web).get("/forgotten").status_code == 401
    assert world.caller("ada@example.org", admin=True).get("/forgotten").status_code == 403

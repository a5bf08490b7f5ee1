"""A webhook from its address to what it is told: the page, the workers and a receiver that trusts nobody."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.system import System, until
from tests.e2e.visitor import USER, log_in
from tests.unit.fetch.servers import Seen, Site, serve, text

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

TITLE = "Bell Founder of Old Towers"
NAME = "Tower bell"


@pytest.fixture
def receiver(system: System) -> Iterator[Site]:
    """Somebody's server, at the one address of this machine that channels may reach."""
    with serve(port=system.target_port) as site:
        site.answers["/hook"] = text("")
        yield site


def told(receiver: Site, kind: str) -> dict:
    """The first message of a kind."""

    def look() -> dict | None:
        messages = (json.loads(seen.body) for seen in receiver.seen)
        return next((message for message in messages if message["type"] == kind), None)

    return until(look, what=f"a message of the type {kind}")


def is_signed(seen: Seen, secret: str) -> bool:
    """Whether it is, as https://www.standardwebhooks.com says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{seen.headers['webhook-id']}.{seen.headers['webhook-timestamp']}.".encode() + seen.body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(seen.headers["webhook-signature"], f"v1,{digest}")


def test_a_webhook_is_verified_by_its_code_and_tells_of_a_new_listing(
    system: System, page: Page, receiver: Site
):
    until(lambda: system.get("/api/listings", limit=1)["total"] > 1000, 90, "the first sweep")
    log_in(page, USER, system.password)

    page.goto("/account")
    page.get_by_role("button", name="Add a channel").click()
    page.get_by_label("Address", exact=True).fill(f"{receiver.address}/hook")
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Add", exact=True).click()
    channel = page.get_by_role("listitem").filter(has_text=NAME)
    expect(channel).to_contain_text("not verified")
    channel.get_by_label("A code of six digits").fill(told(receiver, "channel.code")["data"]["code"])
    channel.get_by_role("button", name="Verify").click()
    expect(channel).to_contain_text("works")
    channel.get_by_role("button", name="Show the secret").click()
    secret = channel.get_by_text(re.compile("^whsec_")).inner_text()

    page.goto("/trackers/new?query=bell+founder")
    page.get_by_text("As soon as found").click()
    page.get_by_label("How", exact=True).select_option(NAME)
    page.get_by_role("button", name="Start tracking").click()
    expect(page).to_have_url(re.compile(r"/trackers/\d+"))
    tracker = page.url.removeprefix(system.url)

    system.publish(system.boards()[0]["slug"], TITLE)
    message = told(receiver, "tracker.matches")
    [found] = message["data"]["trackers"]
    assert found["link"].endswith(tracker)
    assert [listing["title"] for listing in found["listings"]] == [TITLE]
    assert all(is_signed(seen, secret) for seen in receiver.seen)
    assert not system.mails_with(TITLE)

    page.goto("/account/deliveries")
    row = page.get_by_role("row").filter(has_text=NAME).filter(has_text="New matches")
    expect(row.get_by_text("sent", exact=True)).to_be_visible(timeout=40_000)  # the page looks every 30 s
    row.get_by_role("link").first.click()
    expect(page.get_by_text(message["id"])).to_be_visible()
    expect(page.locator(".rows")).to_contain_text(TITLE)

    page.goto("/account")
    page.get_by_role("button", name=f"Delete {NAME}").click()
    expect(channel).to_have_count(0)
    page.goto(tracker)
    expect(page.get_by_text("By mail")).to_be_visible()
    assert len(receiver.seen) == 2

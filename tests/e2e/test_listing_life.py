"""A listing's page tells what happened to it, and when."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.system import System, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

TITLE = "Cartographer of Sunken Harbours"


def events(system: System, id: int) -> list[str]:
    return [event["what"] for event in system.get(f"/api/listings/{id}")["events"]]


def test_a_listing_tells_what_changed_before_and_after_and_that_it_closed(system: System, page: Page):
    slug = next(board["slug"] for board in system.boards() if board["source"] == "ashby")
    external_id = system.publish(slug, TITLE)
    found = until(lambda: system.get("/api/listings", q=f'"{TITLE}"')["items"], 90, "the new listing")[0]
    system.change(
        slug,
        external_id,
        title=f"Senior {TITLE}",
        locations=["Lisbon", "Oslo"],
        salary={"min": 60000, "max": 80000, "currency": "EUR", "period": "year"},
        description="<p>We look for you, still.</p>",
    )
    until(
        lambda: {"title", "locations", "salary", "text"} <= {*events(system, found["id"])}, what="the changes"
    )
    system.withdraw(slug, external_id)
    until(lambda: "closed" in events(system, found["id"]), 60, "the closing")

    page.goto(f"/listings/{found['id']}")
    life = page.get_by_role("heading", name="Its life").locator("xpath=..")
    steps = life.get_by_role("listitem")
    expect(steps.first).to_contain_text("First seen")
    expect(steps.last).to_contain_text("Closed")
    expect(life).to_contain_text(re.compile(f"Title changed:\\s*{TITLE}\\s*→\\s*Senior {TITLE}"))
    expect(life).to_contain_text(re.compile(r"Places changed:.*→.*Lisbon.*Oslo"))
    expect(life).to_contain_text(re.compile(r"Pay changed:\s*€60,000 . €80,000 / year"))
    expect(life).to_contain_text("Text changed")
    expect(steps).to_have_count(6)

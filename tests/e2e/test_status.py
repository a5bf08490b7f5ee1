"""A visitor sees on the status page that a source fails, and that it works again."""

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.e2e.system import System, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

TURN_MS = 100_000  # three visits in a row fail first; a host that failed is tried again after a while
SOURCE, LABEL = "lever", "Lever"


def misbehave(system: System, deed: str, **fault: object) -> None:
    """Tell all boards of the source what to do."""
    for board in system.boards():
        if board["source"] == SOURCE:
            url = f"{system.simulator}/_control/boards/{board['slug']}/{deed}"
            requests.post(url, json=fault, timeout=10).raise_for_status()


def row(page: Page, label: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_text(label, exact=True))


def test_the_status_page_turns_when_a_source_breaks_and_turns_back(system: System, page: Page):
    def health() -> str:
        return next(one["health"] for one in system.get("/api/sources")["items"] if one["name"] == SOURCE)

    until(lambda: health() == "works", 90, "the first sweep")
    page.goto("/status")
    expect(row(page, LABEL)).to_contain_text("works")
    expect(page.get_by_text("Every source works")).to_be_visible()
    try:
        misbehave(system, "misbehave", kind="500")
        expect(row(page, LABEL)).to_contain_text("failing", timeout=TURN_MS)
        expect(row(page, LABEL)).to_contain_text("since")
        expect(page.get_by_text("1 source fails")).to_be_visible()
        expect(row(page, "Greenhouse")).to_contain_text("works")
    finally:
        misbehave(system, "heal")
    expect(row(page, LABEL)).to_contain_text("works", timeout=TURN_MS)
    expect(page.get_by_text("Every source works")).to_be_visible()
    assert system.get("/api/listings", source=SOURCE)["total"] > 0, "a broken source closed its listings"

"""A tracker's page: why something was found, by which message it was told, what was seen, and the feed."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.system import System, until
from tests.e2e.visitor import ADMIN, complaints, log_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

TITLE = "Beekeeper of Meadows"


@pytest.fixture(scope="module")
def told(system: System, browser: Browser) -> str:
    """A tracker that has told of one role in two places; the path of its page."""
    until(lambda: system.get("/api/listings", limit=1)["total"] > 1000, 90, "the first sweep")
    context = browser.new_context(base_url=system.url)
    page = context.new_page()
    log_in(page, ADMIN, system.password)
    page.goto("/trackers/new?query=beekeeper")
    page.get_by_text("As soon as found").click()
    page.get_by_role("button", name="Start tracking").click()
    expect(page).to_have_url(re.compile(r"/trackers/\d+"))
    path = page.url.removeprefix(system.url)
    for _ in range(2):
        system.publish(system.boards()[0]["slug"], TITLE)
    until(lambda: system.mails_with(TITLE), what="the mail")
    until(lambda: page.goto(path) and page.get_by_text("in 2 openings").is_visible(), what="both places")
    context.close()
    return path


def test_a_match_says_why_it_was_found_and_by_which_message_it_was_told(
    system: System, page: Page, told: str
) -> None:
    log_in(page, ADMIN, system.password)
    page.goto(told)
    row = page.locator(".rows li").first
    expect(row.locator("mark").first).to_have_text("Beekeeper")
    expect(row).to_contain_text("told")
    row.get_by_role("link", name=re.compile("^mail ")).click()
    expect(page).to_have_url(re.compile(r"/account/deliveries/\d+"))
    [mail] = system.mails_with(TITLE)
    expect(page.get_by_text(mail["Message-ID"])).to_be_visible()
    expect(page.locator(".rows")).to_contain_text(TITLE)
    page.get_by_role("link", name="All messages").click()
    expect(page.get_by_role("heading", name="Messages sent")).to_be_visible()


def test_what_was_opened_is_seen_hidden_and_shown_again(system: System, page: Page, told: str) -> None:
    log_in(page, ADMIN, system.password)
    page.goto(told)
    expect(page.get_by_text("1 not seen")).to_be_visible()
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("all seen")).to_be_visible()
    page.get_by_label("Hide seen").click()
    expect(page).to_have_url(re.compile("seen=hidden"))
    expect(page.get_by_text("You have seen everything")).to_be_visible()
    page.get_by_role("button", name="Show seen matches").click()
    page.get_by_role("button", name=re.compile("Mark as not seen")).first.click()
    expect(page.get_by_text("1 not seen")).to_be_visible()
    page.get_by_role("button", name="Mark all as seen").click()
    expect(page.get_by_text("all seen")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 not seen")).to_be_visible()


def test_the_feed_is_read_by_its_address_until_that_is_replaced(
    system: System, page: Page, told: str
) -> None:
    log_in(page, ADMIN, system.password)
    page.goto(told)
    page.get_by_role("button", name="Make a feed address").click()
    field = page.get_by_label("Address of the feed")
    expect(field).to_have_value(re.compile("/api/feeds/trackers/"))
    old = field.input_value()
    assert TITLE in page.request.get(old).text()
    page.get_by_role("button", name="Replace the address").click()
    expect(field).not_to_have_value(old)
    assert page.request.get(old).status == 404
    page.get_by_role("button", name="Remove the feed").click()
    expect(page.get_by_role("button", name="Make a feed address")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(
    system: System, browser: Browser, told: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, base_url=system.url, bypass_csp=True
    )
    page = context.new_page()
    log_in(page, ADMIN, system.password)
    for path in (told, "/trackers", "/account/deliveries", "/account/deliveries/1"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert complaints(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()

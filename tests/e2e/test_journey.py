"""A person's way through the running system, in a real browser."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.system import System, text_of, until
from tests.e2e.visitor import ADMIN, log_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

EMAIL, PASSWORD = "walker@example.org", "a walk through the whole"
TITLE = "Lighthouse Keeper for Quiet Coasts"


def link_in(system: System, address: str, path: str) -> str:
    """The link to `path` in the newest mail to an address."""

    def look():
        for mail in reversed(system.mails()):
            found = re.search(rf"(/{path}\?token=\S+)", text_of(mail))
            if mail["To"] == address and found:
                return found.group(1)
        return None

    return until(look, what=f"a mail to {address} with a link to /{path}")


def test_from_registration_to_a_mail_and_a_closed_listing(system: System, page: Page):
    board = system.boards()[0]
    until(lambda: system.get("/api/listings", limit=1)["total"] > 1000, 90, "the first sweep")

    page.goto("/register")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()

    page.goto(link_in(system, EMAIL, "confirm"))
    expect(page.get_by_text("Your address is confirmed")).to_be_visible()

    page.goto("/?q=lighthouse+keeper")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Track this search").first.click()
    expect(page).to_have_url(re.compile(r"/trackers/new"))
    preview = page.get_by_role("region", name="What it would find")
    expect(preview).to_contain_text("Nothing matches today")
    page.get_by_role("combobox", name="Query").fill("engineer")
    expect(page.get_by_role("alert")).to_contain_text("of all open listings")
    page.get_by_role("combobox", name="Query").fill("title:engineer")
    expect(preview.get_by_role("listitem").first).to_be_visible()
    page.get_by_role("combobox", name="Query").fill("lighthouse keeper")
    expect(preview).to_contain_text("Nothing matches today")
    page.get_by_text("As soon as found").click()
    page.get_by_role("button", name="Start tracking").click()
    expect(page).to_have_url(re.compile(r"/trackers/\d+"))

    external_id = system.publish(board["slug"], TITLE)
    found = until(lambda: system.get("/api/listings", q="lighthouse keeper")["items"], what="the new listing")
    mail = until(lambda: system.mails_with(TITLE), what="the mail")[0]
    assert mail["To"] == EMAIL
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    page.goto("/?q=lighthouse+keeper")
    page.get_by_role("link", name=re.compile(TITLE)).first.click()
    page.goto(f"/listings/{found[0]['id']}")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Apply at"))).to_be_visible()

    page.goto("/trackers")
    expect(page.get_by_text("1 match", exact=False).first).to_be_visible()

    system.withdraw(board["slug"], external_id)
    until(lambda: system.get(f"/api/listings/{found[0]['id']}")["closed_at"], what="the closing")
    page.goto(f"/listings/{found[0]['id']}")
    expect(page.get_by_text(re.compile("closed", re.IGNORECASE)).first).to_be_visible()
    assert len(system.mails_with(TITLE)) == 1


def test_the_renew_link_of_the_mail_lets_the_tracker_go_on(system: System, page: Page):
    mail = until(lambda: system.mails_with(TITLE), what="the mail of the first journey")[0]
    link = re.search(r"(/renew/\S+)", text_of(mail)).group(1)
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("goes on for 30 days")


def test_the_unsubscribe_link_of_the_mail_stops_the_tracker(system: System, page: Page):
    mail = until(lambda: system.mails_with(TITLE), what="the mail of the first journey")[0]
    link = re.search(r"(/unsubscribe/\S+)", text_of(mail)).group(1)
    page.goto(link)
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.get_by_role("alert")).to_contain_text("No more mails")


def test_one_click_in_a_mail_program_stops_the_tracker_and_looking_does_not(system: System, page: Page):
    mail = until(lambda: system.mails_with(TITLE), what="the mail of the first journey")[0]
    address = mail["List-Unsubscribe"].strip("<>")
    log_in(page, EMAIL, PASSWORD)
    page.goto("/trackers")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("active", exact=True)).to_be_visible()
    assert requests.get(address, timeout=10).json()["stopped"] is False
    page.reload()
    expect(page.get_by_text("active", exact=True)).to_be_visible()
    requests.post(address, data={"List-Unsubscribe": "One-Click"}, timeout=10).raise_for_status()
    page.reload()
    expect(page.get_by_text("paused", exact=True)).to_be_visible()
    assert requests.get(address, timeout=10).json()["stopped"] is True


def test_an_admin_adds_a_board_by_its_url_and_crawls_it(system: System, page: Page):
    log_in(page, ADMIN, system.password)
    page.goto("/admin/boards")
    expect(page.get_by_role("heading", name="Boards")).to_be_visible()
    expect(page.locator("table tbody tr").first).to_be_visible()
    page.goto("/admin/crawls")
    expect(page.locator("table tbody tr").first).to_be_visible()
    page.goto("/admin/rq/")
    expect(page.get_by_text("crawl").first).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/companies", "/stats", "/status", "/login", "/register", "/nowhere"])
def test_a_phone_never_scrolls_sideways(system: System, page: Page, path: str):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

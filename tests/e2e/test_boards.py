"""How boards come in: an admin pastes a URL and sees a sample; a visitor suggests, the admin decides."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.system import System, until
from tests.e2e.visitor import ADMIN, log_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

MISSED = "https://www.missed.example/careers"


def test_a_pasted_url_shows_a_sample_before_it_is_added(system: System, page: Page):
    board = system.boards()[0]
    until(lambda: system.get("/api/listings", limit=1)["total"] > 0, 90, "the first sweep")
    log_in(page, ADMIN, system.password)
    page.goto("/admin/boards")
    pasted = page.get_by_label("Add a board")
    pasted.fill(board["url"])
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_text(f"{board['source']}:{board['token']}").first).to_be_visible()
    expect(page.get_by_role("link", name="This board is here already")).to_be_visible()
    pasted.fill("greenhouse:nobody at all")
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Greenhouse has no board")


def forget(system: System, page: Page, board: dict) -> None:
    """Have nobody watch this board any longer; the page has no button for that, the API has."""
    named = next(one for one in watched(page, board["token"]) if one["source"] == board["source"])
    token = page.request.get("/api/session").json()["csrf_token"]
    answer = page.request.delete(f"/api/admin/boards/{named['id']}", headers={"X-CSRFToken": token})
    assert answer.status == 204
    assert not watched(page, board["token"])


def watched(page: Page, token: str) -> list[dict]:
    return page.request.get("/api/admin/boards", params={"q": token}).json()["items"]


def test_an_admin_pastes_a_url_adds_the_board_and_opens_the_report_of_its_first_crawl(
    system: System, page: Page
):
    board = system.boards()[-1]
    until(lambda: system.get("/api/listings", limit=1)["total"] > 0, 90, "the first sweep")
    log_in(page, ADMIN, system.password)
    forget(system, page, board)

    page.goto("/admin/boards")
    page.get_by_label("Add a board").fill(board["url"])
    page.get_by_role("button", name="Look", exact=True).click()
    name = f"{board['source']}:{board['token']}"
    found = page.locator("section").filter(has=page.get_by_label("Add a board"))
    expect(found.get_by_text(name)).to_be_visible()
    expect(found.get_by_role("listitem").first).to_be_visible()
    expect(found.get_by_text(re.compile(r"\d+ open listings?"))).to_be_visible()
    page.get_by_label("Company", exact=True).fill("Pasted Ltd")
    page.get_by_role("button", name="Add and crawl").click()
    expect(page.get_by_text(f"Added {name}")).to_be_visible()

    page.get_by_label("Search boards").fill(board["token"])
    expect(page.get_by_text("1 board", exact=True)).to_be_visible()  # the rows of before have gone
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    report = page.get_by_role("row").filter(has_text=re.compile("complete|unchanged"))
    expect(report.first).to_be_visible(timeout=40_000)
    expect(report.first).to_contain_text("kB")
    page.get_by_role("link", name="Pasted Ltd").click()
    expect(page.get_by_role("heading", name="Pasted Ltd")).to_be_visible()


def test_what_a_visitor_misses_reaches_the_admin_who_decides(system: System, page: Page):
    page.goto("/companies")
    page.get_by_label("Careers page").fill("nothing")
    page.get_by_role("button", name="Suggest").click()
    expect(page.get_by_role("alert")).to_contain_text("careers page")
    page.get_by_label("Careers page").fill(MISSED)
    page.get_by_label("Company name", exact=True).last.fill("Missed Ltd")
    page.get_by_role("button", name="Suggest").click()
    expect(page.get_by_text("Thank you")).to_be_visible()

    log_in(page, ADMIN, system.password)
    page.goto("/admin/suggestions")
    row = page.get_by_role("row").filter(has_text=MISSED)
    expect(row).to_contain_text("Missed Ltd")
    page.get_by_role("button", name="Accept Missed Ltd").click()
    expect(page.get_by_text(re.compile("cannot be read"))).to_be_visible()
    page.get_by_role("button", name="Dismiss Missed Ltd").click()
    expect(row).to_have_count(0)
    page.goto("/admin/suggestions?status=dismissed")
    page.get_by_role("button", name="Open Missed Ltd again").click()
    expect(row).to_have_count(0)
    page.goto("/admin/suggestions")
    expect(row).to_be_visible()


@pytest.mark.parametrize("path", ["/companies", "/admin/suggestions", "/admin/boards"])
def test_a_phone_never_scrolls_sideways(system: System, page: Page, path: str):
    log_in(page, ADMIN, system.password)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

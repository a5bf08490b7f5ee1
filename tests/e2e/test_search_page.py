"""The search page itself: its size, its keys, its faces, a phone, and what axe finds."""

import gzip
import re

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.e2e.system import System, until
from tests.e2e.visitor import complaints

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

BUDGET = 180_000  # bytes of compressed script until the page is at rest
TARGET = 44  # CSS pixels


@pytest.fixture(autouse=True)
def listings(system: System) -> None:
    until(lambda: system.get("/api/listings", limit=1)["total"] > 1000, 90, "the first sweep")
    until(lambda: system.get("/api/suggestions", q="berl")["items"], 90, "the first count of places")


def settle(page: Page) -> None:
    expect(page.locator(".rows .listing-row").first).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("width", [390, 1100, 1440])
def test_the_first_page_needs_little_script(system: System, page: Page, width: int):
    scripts: list[Response] = []
    page.on("response", lambda got: scripts.append(got) if got.url.endswith(".js") else None)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    settle(page)
    assert sum(len(gzip.compress(script.body(), 6)) for script in scripts) < BUDGET


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100, 1440])
def test_axe_finds_nothing_on_any_face(system: System, browser: Browser, width: int, scheme: str):
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, base_url=system.url, bypass_csp=True
    )
    page = context.new_page()
    page.goto("/?q=engineer&mode=remote&posted_within=30d")
    settle(page)
    assert complaints(page) == [], "the rows"
    page.get_by_role("button", name="Help with the query language").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert complaints(page) == [], "the help"
    page.get_by_role("combobox", name="Search openings").fill("")
    page.get_by_role("combobox", name="Search openings").press_sequentially("berl")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_be_visible()
    assert complaints(page) == [], "the suggestions"
    page.goto("/?q=%22unclosed")
    expect(page.get_by_role("alert")).to_be_visible()
    assert complaints(page) == [], "the error"
    page.goto("/?q=lighthouse+-lighthouse")
    expect(page.get_by_text("Nothing matches").first).to_be_visible()
    assert complaints(page) == [], "the empty face"
    context.close()


def test_keys_read_on_open_and_track(system: System, page: Page):
    page.goto("/?q=engineer")
    settle(page)
    titles = page.locator(".rows .title").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".preview h2.title")).to_have_text(titles[1])
    expect(page.locator(".rows .title").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".preview h2.title")).to_have_text(titles[0])
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search openings")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])
    page.go_back()
    settle(page)
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile(r"/login\?next=/trackers/new"))


def test_a_phone_has_all_within_a_thumbs_reach(system: System, browser: Browser):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=system.url, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto("/?q=engineer")
    settle(page)
    page.get_by_role("button", name="Filters").tap()
    drawer = page.get_by_role("complementary").or_(page.get_by_role("dialog")).last
    drawer.get_by_label(re.compile("Remote")).tap()
    expect(page).to_have_url(re.compile("mode=remote"))
    drawer.get_by_role("button", name=re.compile(r"Show [\d,]+ opening")).tap()
    expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()
    for control in (
        page.get_by_role("combobox", name="Search openings"),
        page.get_by_role("button", name="Filters (1)"),
        page.get_by_role("link", name="Track this search"),
    ):
        assert control.bounding_box()["y"] > 844 / 2
    small = page.evaluate(
        """least => [...document.querySelectorAll('a, button, select, input')]
            .filter(one => one.checkVisibility() && !one.matches('.skip, .title, .rows *'))
            .map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect().height])
            .filter(([, height]) => height < least)""",
        TARGET,
    )
    assert small == []
    assert all(row.bounding_box()["height"] >= TARGET for row in page.locator(".rows li").all())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_rows_do_not_jump_while_the_page_fills(system: System, page: Page):
    page.add_init_script(
        """new PerformanceObserver(list => list.getEntries().forEach(entry => {
            window.shifted = (window.shifted || 0) + (entry.hadRecentInput ? 0 : entry.value)
        })).observe({ type: 'layout-shift', buffered: true })"""
    )
    page.goto("/")
    settle(page)
    assert page.evaluate("window.shifted || 0") < 0.1

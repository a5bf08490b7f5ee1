"""A person's way through the search page, in a real browser."""

import json
import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.system import System, until
from tests.e2e.visitor import USER, enter

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def listings(system: System) -> None:
    until(lambda: system.get("/api/listings", limit=1)["total"] > 1000, 90, "the first sweep")


def query(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search openings")


def rows(page: Page) -> Locator:
    return page.locator(".rows .listing-row")


def chips(page: Page) -> list[str]:
    return page.get_by_label("Active filters").get_by_role("button").all_inner_texts()[:-1]


def facet(page: Page, title: str) -> Locator:
    return page.get_by_role("group", name=title)


def number(said: Locator) -> int:
    """1,234 of "1,234 openings". Listings go on arriving, so two of them may differ a little."""
    return int(said.inner_text().split()[0].replace(",", ""))


def search_for(page: Page, text: str) -> None:
    query(page).fill(text)
    query(page).press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]q="))


def test_a_suggestion_picked_with_the_keys_is_searched_for(system: System, page: Page):
    company = system.get("/api/companies", limit=1)["items"][0]["name"]
    page.goto("/")
    query(page).press_sequentially(company[:4].lower())
    expect(page.get_by_role("listbox")).to_be_visible()
    expect(query(page)).to_have_attribute("aria-expanded", "true")
    option = page.get_by_role("option").filter(has_text=company).first
    place = page.get_by_role("option").all_inner_texts().index(option.inner_text())
    for _ in range(place + 1):
        query(page).press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(query(page)).to_have_attribute("aria-activedescendant", f"query-{place}")
    query(page).press("Enter")
    expect(page).to_have_url(re.compile("q=employer"))
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(query(page)).to_be_focused()
    expect(page.locator(".rows .company").first).to_have_text(company)
    assert set(page.locator(".rows .company").all_inner_texts()) == {company}


def test_a_suggestion_completes_the_last_word_and_escape_leaves_the_text_alone(system: System, page: Page):
    page.goto("/")
    query(page).press_sequentially("engineer berl")
    page.get_by_role("option").filter(has_text="Place").filter(has_text="Berlin").first.click()
    expect(query(page)).to_have_value(re.compile(r"^engineer \w+:\S+"))
    expect(rows(page).first).to_contain_text("Berlin")
    query(page).press_sequentially(" data")
    expect(page.get_by_role("listbox")).to_be_visible()
    query(page).press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(query(page)).to_have_value(re.compile("data$"))


def test_facets_narrow_and_chips_widen_the_search_and_back_works(system: System, page: Page):
    page.goto("/?q=engineer")
    remote = facet(page, "Mode").get_by_label(re.compile("Remote"))
    counted = facet(page, "Mode").locator("label", has_text="Remote").locator(".number")
    expect(counted).to_have_text(re.compile(r"^[\d,]+$"))
    remote.click()
    expect(page).to_have_url(re.compile("mode=remote"))
    until(lambda: abs(number(counted) - number(page.locator(".count"))) <= 3, what="the count of the facet")
    expect(facet(page, "Mode").get_by_label(re.compile("Hybrid"))).to_be_visible()

    country = facet(page, "Country").locator("label").first
    name = country.locator("span").first.inner_text()
    country.click()
    expect(page).to_have_url(re.compile("country="))
    employer = facet(page, "Company").locator("label").first
    company = employer.locator("span").first.inner_text()
    employer.click()
    expect(page).to_have_url(re.compile("employer="))
    assert chips(page) == [company, name, "Remote"]
    expect(page.locator(".rows:not(.stale) .company").first).to_have_text(company)

    page.get_by_role("button", name=f"Remove filter: {company}").click()
    expect(page).not_to_have_url(re.compile("employer="))
    page.go_back()
    expect(page).to_have_url(re.compile("employer="))
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile(r"\?q=engineer$"))


def test_a_wrong_query_is_underlined_where_it_breaks(system: System, page: Page):
    page.goto("/")
    search_for(page, 'senior "machine learning')
    expect(page.locator(".mirror mark")).to_have_text('"machine')
    expect(page.get_by_role("alert")).to_contain_text("unclosed quote")
    expect(query(page)).to_have_attribute("aria-invalid", "true")
    query(page).press_sequentially('"')
    expect(page.locator(".mirror")).to_be_hidden()
    query(page).press("Enter")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_typo_finds_what_was_meant(system: System, page: Page):
    page.goto("/")
    search_for(page, "enginere")
    line = page.get_by_role("status").filter(has_text="Nothing matches “enginere”")
    expect(line).to_be_visible()
    expect(rows(page).first).to_be_visible()
    expect(page.get_by_role("link", name="Track this search")).to_have_attribute(
        "href", re.compile("enginere")
    )
    line.get_by_role("button", name="engineer", exact=True).click()
    expect(page).to_have_url(re.compile(r"q=engineer$"))
    expect(query(page)).to_have_value("engineer")


def test_the_help_explains_the_language_and_its_examples_can_be_pressed(system: System, page: Page):
    page.goto("/")
    expect(rows(page).first).to_be_visible()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="How to search").get_by_role("button", name="level:senior").click()
    expect(page).to_have_url(re.compile("level"))
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Help with the query language").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(query(page)).to_be_focused()


def test_by_pay_the_highest_comes_first_and_the_address_says_it_all(
    system: System, page: Page, browser: Browser
):
    page.goto("/?q=engineer")
    page.get_by_label("Sort by").select_option("salary")
    facet(page, "Mode").get_by_label(re.compile("Remote")).click()
    expect(page).to_have_url(re.compile("mode=remote&sort=salary"))
    expect(page.locator(".rows:not(.stale) .pay").first).to_be_visible()
    rows(page).nth(2).locator(".title").click()
    expect(page).to_have_url(re.compile("open="))
    title = page.locator(".preview h2.title")
    expect(title).to_have_text(rows(page).nth(2).locator(".title").inner_text())

    other = browser.new_context(viewport={"width": 1440, "height": 900})
    shared = other.new_page()
    shared.goto(page.url)
    expect(shared.locator(".preview h2.title")).to_have_text(title.inner_text())
    assert chips(shared) == ["Remote"]
    expect(shared.get_by_label("Sort by")).to_have_value("salary")
    expect(query(shared)).to_have_value("engineer")
    other.close()


def test_the_search_is_a_file_to_keep_and_a_feed_to_follow(system: System, page: Page):
    page.goto("/?q=engineer&mode=remote")
    page.get_by_role("button", name="Feed, export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Table (CSV)").click()
    assert download.value.suggested_filename.endswith(".csv")
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "title" in lines[0]
    assert len(lines) > 10

    page.get_by_role("button", name="Feed, export").click()
    atom = page.get_by_role("link", name="Atom feed").get_attribute("href")
    assert atom == "/api/listings/feed.atom?q=engineer&mode=remote"
    assert page.locator('link[type="application/atom+xml"]').get_attribute("href") == atom
    feed = ElementTree.fromstring(page.request.get(atom).text())
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    json_feed = page.get_by_role("link", name="JSON Feed").get_attribute("href")
    assert json.loads(page.request.get(json_feed).text())["version"] == "https://jsonfeed.org/version/1.1"


def test_a_search_with_filters_is_tracked_whole(system: System, page: Page):
    page.goto("/?q=engineer&mode=remote&level=senior")
    expect(rows(page).first).to_be_visible()
    page.get_by_role("link", name="Track this search").first.click()
    enter(page, USER, system.password)
    field = page.get_by_role("combobox", name="Query")
    expect(field).to_have_value(re.compile("engineer"))
    assert {"mode:remote", "level:senior"} <= set(field.input_value().split())
    page.get_by_role("button", name="Start tracking").click()
    expect(page).to_have_url(re.compile(r"/trackers/\d+"))


def test_what_came_since_the_last_visit_is_counted_and_can_be_shown(system: System, page: Page):
    page.add_init_script(
        "if (!localStorage.getItem('last-visit')) localStorage.setItem('last-visit',"
        " JSON.stringify({seen: new Date(Date.now() - 3 * 3600e3).toISOString(), before: null}))"
    )
    page.goto("/?status=all")
    expect(page.get_by_text(re.compile("new since your last visit, 3 hours ago"))).to_be_visible()
    expect(rows(page).first.locator(".new")).to_be_visible()


def test_an_aged_list_by_relevance_is_begun_again(system: System, page: Page):
    page.goto("/?q=engineer&sort=relevance")
    expect(rows(page)).to_have_count(40)
    refusal = {"error": {"code": "gone", "message": "This list is older than 15 minutes; search again."}}
    page.route("**/api/listings?*cursor=*", lambda route: route.fulfill(status=410, json=refusal))
    page.get_by_role("button", name="Load more").click()
    expect(page.get_by_role("alert")).to_have_text(refusal["error"]["message"])
    expect(rows(page)).to_have_count(40)
    page.unroute("**/api/listings?*cursor=*")
    page.get_by_role("button", name="Search again").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_role("button", name="Load more").click()
    expect(rows(page)).to_have_count(80)
    expect(page).to_have_url(re.compile("pages=2"))

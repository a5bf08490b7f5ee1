"""Just Join IT: the lists behind its pages; texts are in the details."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response
from backend.sources.moments import loose_moment
from backend.sources.queries import Search, number_of, search_token, with_parameter, with_search
from backend.sources.shapes import Fields, rows, web_url
from backend.sources.texts import as_html

HOST = "https://api.justjoin.it"
API = f"{HOST}/v2/user-panel/offers/by-cursor"
SITE = "https://justjoin.it/job-offer"
LIMIT = 100
MAX_OFFERS = 10_000
CONDITIONS = (
    "keywords", "keywords[]", "categories[]", "city", "experienceLevels[]", "employmentTypes[]",
    "workplaceTypes[]", "workplace", "workingTimes[]", "withSalary", "remote",
)  # fmt: skip


class JustJoinIt(Search):
    """The token is a query of its API, or `all`. After 10,000 offers we stop: not complete."""

    name = "justjoinit"
    label = "Just Join IT"
    parser_version = 1
    url_forms = ("api.justjoin.it/v2/user-panel/offers?city=CITY",)
    envelope = "data"
    page = f"{HOST}/v2/user-panel/offers"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or address.host != "api.justjoin.it":
            return None
        own = address.path[1:3] == ("user-panel", "offers")
        return search_token(url, CONDITIONS) if own else None

    def first_request(self, token: str) -> Request:
        url = with_search(API, token, **{"from": 0}, itemsCount=LIMIT, orderBy="DESC", sortBy="published")
        return Request(url, headers={"Version": "2"})

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        cursor = Fields(answer).object("meta").object("next").whole("cursor") if found else None
        asked = response.request
        following = None
        if cursor is not None and number_of(asked.url, "from", 0) < cursor < MAX_OFFERS:
            following = replace(asked, url=with_parameter(asked.url or API, "from", cursor))
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=following,
            complete=cursor is None or following is not None,
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        slug = urlsplit(posting.url).path.rpartition("/")[2]
        return Request(f"{HOST}/v1/offers/{slug}") if slug else None

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        """The detail's other fields have other shapes than the list's; only its text is wanted."""
        row = Fields(json_answer(response))
        title = row.need_text("title")
        return replace(posting, title=title, description_html=as_html(row.text("body")) or "")


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("guid")
    slug = row.text("slug")
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=web_url(f"{SITE}/{slug or external_id}", row.at("slug")),
        company=row.text("companyName"),
        locations=tuple(dict.fromkeys(_places(row))),
        department=row.object("category").text("key"),
        employment_type=_employment(row),
        work_mode=row.text("workplaceType"),
        level=row.text("experienceLevel"),
        salary=_salary(row),
        posted_at=loose_moment(row.text("publishedAt")),
    )


def _places(row: Fields) -> Iterator[Location]:
    country = country_code(row.text("countryCode"))
    for place in [*row.objects("locations"), row]:
        city = place.text("city")
        if city:
            yield Location(city, city, None, country)


def _contracts(row: Fields) -> list[Fields]:
    """The kinds of contract offered, in the currency they were told in: others are converted."""
    return [
        item for item in row.objects("employmentTypes") if item.text("currencySource") in {None, "original"}
    ]


def _employment(row: Fields) -> str | None:
    """The hours, unless there is nothing but contracts between companies."""
    kinds = {item.text("type") for item in _contracts(row)}
    return "b2b" if kinds == {"b2b"} else row.text("workingTime")


def _salary(row: Fields) -> Salary | None:
    for pay in _contracts(row):
        salary = salary_of(
            pay.number("from"), pay.number("to"), pay.text("currency"), salary_period(pay.text("unit"))
        )
        if salary:
            return salary
    return None

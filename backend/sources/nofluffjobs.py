"""No Fluff Jobs: the search behind its pages, by POST. One opening stands there once per place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, SalaryPeriod, merge_duplicates
from backend.domain.salary import salary_of
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response
from backend.sources.queries import Search, number_of, parameter, search_token, with_parameter, with_search
from backend.sources.shapes import Fields, rows

SITE = "https://nofluffjobs.com"
API = f"{SITE}/api/search/posting"
LIMIT = 100
MAX_PAGES = 50
CONDITIONS = ("criteria",)


class NoFluffJobs(Search):
    """The token is `criteria=WORDS` as in the address of a search there, or `all`.

    After 5,000 rows we stop, and the list is not complete. Texts are not in the list.
    """

    name = "nofluffjobs"
    label = "No Fluff Jobs"
    parser_version = 1
    url_forms = ("nofluffjobs.com/?criteria=WORDS",)
    envelope = "postings"
    page = f"{SITE}/"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or address.host not in {"nofluffjobs.com", "www.nofluffjobs.com"}:
            return None
        if address.path == ("api", "search", "posting"):
            return search_token(url, CONDITIONS)
        # a single opening's page names no search
        is_search = len(address.path) <= 1 and (not address.path or len(address.path[0]) == 2)
        return search_token(url, CONDITIONS) if is_search else None

    def first_request(self, token: str) -> Request:
        url = with_search(
            API,
            token,
            pageFrom=1,
            pageTo=1,
            pageSize=LIMIT,
            salaryCurrency="PLN",
            salaryPeriod="month",
            region="pl",
        )
        body = json.dumps({"rawSearch": parameter(url, "criteria") or "", "pageSize": LIMIT})
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return Request(url, "POST", headers, body.encode())

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        pages = Fields(answer).whole("totalPages") or 1
        asked = response.request
        page = max(1, number_of(asked.url, "pageTo", 1))
        more = bool(found) and page < pages
        following = None
        if more and page < MAX_PAGES:
            url = with_parameter(with_parameter(asked.url or API, "pageFrom", page + 1), "pageTo", page + 1)
            following = replace(asked, url=url)
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=following,
            complete=following is not None or not more,
        )


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("id")
    if row.text("reference"):
        external_id = row.need_id("reference")  # the same for each place; `id` ends with the place
    pay = row.object("salary")
    remote = row.flag("fullyRemote") or row.object("location").flag("fullyRemote")
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=f"{SITE}/job/{row.text('url') or row.need_id('id')}",
        company=row.text("name"),
        locations=tuple(dict.fromkeys(_places(row.object("location")))),
        department=row.text("category"),
        employment_type=pay.text("type"),
        work_mode="remote" if remote else None,
        level=next(iter(row.texts("seniority")), None),
        salary=salary_of(pay.number("from"), pay.number("to"), pay.text("currency"), SalaryPeriod.MONTH),
        posted_at=row.epoch_ms("posted"),
    )


def _places(location: Fields) -> Iterator[Location]:
    """Each place; "Remote" among them is one, too."""
    for place in location.objects("places"):
        city, province, country = place.text("city"), place.text("province"), place.object("country")
        name = country.text("name")
        text = ", ".join(part for part in (city or province, name) if part)
        if text:
            known = None if city is None or city == "Remote" else city
            yield Location(text, known, province, country_code(country.text("code") or name))

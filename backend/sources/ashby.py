"""Ashby job boards: https://developers.ashbyhq.com/docs/public-job-posting-api."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer
from backend.sources.apart import JsonRows
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, expect_object, paragraphs, rows

API = "https://api.ashbyhq.com/posting-api/job-board"
PAGES = "https://jobs.ashbyhq.com"
_GRAPHQL = "/api/non-user-graphql"
_ORGANISATION = re.compile(r'organizationHostedJobsPageName"?\s*:\s*"(?P<token>[^"]+)"')
_RESERVED = {"api", "_next", "static", "meeting", "b", "robots.txt"}


class Ashby(Source):
    """Tokens are case sensitive and may hold dots and blanks ("Forward Financing")."""

    name = "ashby"
    label = "Ashby"
    parser_version = 2
    url_forms = ("jobs.ashbyhq.com/COMPANY",)
    envelope = "jobs"
    rows_apart = JsonRows(envelope)

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        path = address.path
        if address.host == "api.ashbyhq.com":
            path = path[2:] if path[:2] == ("posting-api", "job-board") else ()
        elif address.host != "jobs.ashbyhq.com":
            return None
        if not path or path[0] in _RESERVED or len(path[0]) > 200 or set(path[0]) & set('/?#<>"'):
            return None
        return path[0]

    def board_url(self, token: str) -> str:
        return f"{PAGES}/{quote(token, safe='')}"

    def first_request(self, token: str) -> Request:
        return Request(f"{API}/{quote(token, safe='')}?includeCompensation=true")

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        if _GRAPHQL in response.request.url or (isinstance(answer, dict) and "data" in answer):
            return Page(merge_duplicates(list(self._of_page(response, answer))))
        token = self.recognise(response.request.url)
        board = self.board_url(token) if token else None
        found = rows(answer, self.envelope)
        # isListed is false for postings that are open by direct link only
        listed = [_posting(row, board) for row in found if row.flag("isListed") is not False]
        return Page(merge_duplicates(listed))

    def _of_page(self, response: Response, answer: object) -> Iterator[Posting]:
        """What the public page asks for itself: places, pay as words, no texts and no addresses."""
        named = _ORGANISATION.search((response.request.body or b"").decode("utf-8", "replace"))
        board = self.board_url(named["token"]) if named else None
        data = expect_object(expect_object(answer).get("data"), "data")
        job_board = expect_object(data.get("jobBoard"), "data.jobBoard")
        for row in rows(job_board, "jobPostings"):
            external_id = row.need_id("id")
            others = (place.text("locationName") for place in row.objects("secondaryLocations"))
            places = [row.text("locationName"), *others]
            yield Posting(
                external_id=external_id,
                title=row.need_text("title"),
                url=f"{board}/{external_id}" if board else "",
                locations=tuple(Location(place) for place in places if place),
                employment_type=row.text("employmentType"),
                work_mode=row.text("workplaceType"),
            )


def _posting(row: Fields, board: str | None) -> Posting:
    external_id = row.need_id("id")
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=row.link("jobUrl") or (f"{board}/{external_id}" if board else ""),
        locations=tuple(_locations(row)),
        description_html=row.text("descriptionHtml") or paragraphs(row.text("descriptionPlain")),
        department=row.text("department") or row.text("team"),
        employment_type=row.text("employmentType"),
        work_mode=_work_mode(row),
        salary=_salary(row.object("compensation")) if _shows_pay(row) else None,
        posted_at=row.moment("publishedAt"),
    )


def _work_mode(row: Fields) -> str | None:
    """`workplaceType` where it is given. `isRemote` false alone may still mean hybrid: unknown."""
    return row.text("workplaceType") or ("remote" if row.flag("isRemote") else None)


def _locations(row: Fields) -> Iterator[Location]:
    for place in [row, *row.objects("secondaryLocations")]:
        address = place.object("address").object("postalAddress")
        city, region = address.text("addressLocality"), address.text("addressRegion")
        country = address.text("addressCountry")
        text = place.text("location") or ", ".join(part for part in (city, region, country) if part)
        if text:
            yield Location(text, city, region, country_code(country))


def _shows_pay(row: Fields) -> bool:
    """The answer may hold figures that the company does not want on its postings."""
    return row.flag("shouldDisplayCompensationOnJobPostings") is not False


def _salary(compensation: Fields) -> Salary | None:
    """The first salary that has figures; equity, bonus and commission are no salary."""
    for part in compensation.objects("summaryComponents"):
        if part.text("compensationType") == "Salary":
            period = salary_period(part.text("interval"))
            pay = salary_of(
                part.number("minValue"), part.number("maxValue"), part.text("currencyCode"), period
            )
            if pay:
                return pay
    return None

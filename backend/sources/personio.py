"""Personio's XML feed: https://developer.personio.de/docs/retrieving-open-job-positions."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer
from backend.sources.apart import XmlRows
from backend.sources.base import Page, Request, Response, Source
from backend.sources.job_posting import job_page
from backend.sources.markup import XmlRow, xml_rows
from backend.sources.shapes import Fields, iso_moment, joined, rows, section

_GERMAN, _OTHER = "jobs.personio.de", "jobs.personio.com"
_FEED, _SEARCH = "/xml?language=en", "/search.json"  # without a language the feed is German


class Personio(Source):
    """The token is the host.

    A customer has to switch the feed on; who did not has a list without texts. Some customers answer only on
    .de, some only on .com. So who answers 404 is asked for the list, and then on the other host.
    """

    name = "personio"
    label = "Personio"
    parser_version = 2
    url_forms = ("COMPANY.jobs.personio.de", "COMPANY.jobs.personio.com")
    rows_apart = XmlRows("workzag-jobs", "position")

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or not any(address.subdomain(domain, {"www"}) for domain in (_GERMAN, _OTHER)):
            return None
        return address.host

    def board_url(self, token: str) -> str:
        return f"https://{token}"

    def first_request(self, token: str) -> Request:
        return Request(f"https://{token}{_FEED}")

    def parse(self, response: Response) -> Page:
        elsewhere = _elsewhere(response.request) if response.status == 404 else None
        if elsewhere:
            return Page([], next=elsewhere)
        host = self.recognise(response.request.url)
        if urlsplit(response.request.url).path == _SEARCH:
            return Page(merge_duplicates([_listed(row, host) for row in rows(json_answer(response))]))
        positions = xml_rows(response, "workzag-jobs", "position")
        return Page(merge_duplicates([_posting(row, host) for row in positions]))

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        """Only for the list without texts."""
        return Request(posting.url) if posting.description_html is None and posting.url else None

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        told = job_page(response)[1] or posting
        return replace(
            posting,
            locations=posting.locations or told.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=told.description_html or "",
            salary=told.salary,
            posted_at=posting.posted_at or told.posted_at,
        )


def _elsewhere(asked: Request) -> Request | None:
    """Where to ask after a 404: for the list without texts, then for the feed on the other host."""
    url = urlsplit(asked.url)
    host, tried = url.hostname or "", asked.memo.get("tried", 0)
    if not tried:
        return Request(f"https://{host}{_SEARCH}", memo={"tried": 1})
    company, _, domain = host.partition(".")
    other = _OTHER if domain == _GERMAN else _GERMAN
    return Request(f"https://{company}.{other}{_FEED}", memo={"tried": 2}) if tried == 1 else None


def _posting(row: XmlRow, host: str | None) -> Posting:
    external_id = row.need_id("id")
    created = row.text("createdAt")
    offices = [*row.texts("office"), *row.texts("additionalOffices/office")]
    parts = row.children("jobDescriptions/jobDescription")
    return Posting(
        external_id=external_id,
        title=row.need_text("name"),
        # the feed has no addresses
        url=f"https://{host}/job/{external_id}" if host else "",
        company=row.text("subcompany"),
        locations=tuple(Location(office) for office in dict.fromkeys(offices)),
        description_html=joined(*(section(part.text("name"), part.text("value")) for part in parts)) or "",
        department=row.text("department"),
        employment_type=" ".join(filter(None, (row.text("employmentType"), row.text("schedule")))) or None,
        level=row.text("seniority"),
        posted_at=iso_moment(created, row.at("createdAt")) if created else None,
    )


def _listed(row: Fields, host: str | None) -> Posting:
    external_id = row.need_id("id")
    offices = row.texts("offices") or row.texts("office")
    return Posting(
        external_id=external_id,
        title=row.need_text("name"),
        url=f"https://{host}/job/{external_id}" if host else "",
        company=row.text("subcompany"),
        locations=tuple(Location(office) for office in dict.fromkeys(offices)),
        department=row.text("department"),
        employment_type=" ".join(filter(None, (row.text("employment_type"), row.text("schedule")))) or None,
        level=row.text("seniority"),
    )

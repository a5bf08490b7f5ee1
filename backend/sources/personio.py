"""Personio's XML feed: https://developer.personio.de/docs/retrieving-open-job-positions."""

from __future__ import annotations

from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address
from backend.sources.base import Page, Request, Response, Source
from backend.sources.markup import XmlRow, xml_rows
from backend.sources.shapes import iso_moment, joined, section

_DOMAINS = ("jobs.personio.de", "jobs.personio.com")


class Personio(Source):
    """The token is the host: some customers answer only on .de, some only on .com."""

    name = "personio"
    label = "Personio"
    parser_version = 1
    url_forms = ("COMPANY.jobs.personio.de", "COMPANY.jobs.personio.com")

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or not any(address.subdomain(domain, {"www"}) for domain in _DOMAINS):
            return None
        return address.host

    def board_url(self, token: str) -> str:
        return f"https://{token}"

    def first_request(self, token: str) -> Request:
        return Request(f"https://{token}/xml?language=en")  # without a language it answers in German

    def parse(self, response: Response) -> Page:
        host = self.recognise(response.request.url)
        return Page(
            merge_duplicates([_posting(row, host) for row in xml_rows(response, "workzag-jobs", "position")])
        )


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
        description_html=joined(*(section(part.text("name"), part.text("value")) for part in parts)),
        department=row.text("department"),
        employment_type=" ".join(filter(None, (row.text("employmentType"), row.text("schedule")))) or None,
        level=row.text("seniority"),
        posted_at=iso_moment(created, row.at("createdAt")) if created else None,
    )

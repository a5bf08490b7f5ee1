"""Teamtailor's keyless feeds: `/jobs.json` (JSON Feed with schema.org JobPosting) and `/jobs.rss`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from backend.domain.exchange import SourceChanged
from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer, require_ok
from backend.sources.base import Page, Request, Response, Source
from backend.sources.markup import XmlRow, xml_rows
from backend.sources.shapes import Fields, rows, web_url

TT = "{https://teamtailor.com/locations}"
_DOMAINS = ("teamtailor.com", "na.teamtailor.com")
_RESERVED = {"www", "api", "app", "support", "docs", "help", "blog", "status", "na", "integrations", "assets"}
# what remoteStatus says -> our words; "none" and "temporary" tell too little
_REMOTE = {"fully": "remote", "hybrid": "hybrid"}


class Teamtailor(Source):
    """The token is the host."""

    name = "teamtailor"
    label = "Teamtailor"
    parser_version = 1
    url_forms = ("COMPANY.teamtailor.com",)
    envelope = "items"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or not any(address.subdomain(domain, _RESERVED) for domain in _DOMAINS):
            return None
        return address.host

    def token_of(self, told: str) -> str | None:
        """Also a customer's own host, which the service's signs on its pages tell."""
        address = parse_address(told)
        return (self.recognise(told) or address.host) if address else None

    def board_url(self, token: str) -> str:
        return f"https://{token}/jobs"

    def first_request(self, token: str) -> Request:
        return Request(f"https://{token}/jobs.json")

    def parse(self, response: Response) -> Page:
        if require_ok(response).body.lstrip()[:1] == b"<":
            return Page(merge_duplicates([_from_rss(row) for row in xml_rows(response, "rss", "item")]))
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        feed = Fields(answer)
        postings = merge_duplicates([_from_feed(row, feed.text("title")) for row in found])
        return Page(postings, next=_next_request(response.request, feed.link("next_url")) if found else None)


def _next_request(asked: Request, url: str | None) -> Request | None:
    """JSON Feed's `next_url`, as long as it stays on the host and moves on."""
    if url is None or url == asked.url or urlsplit(url).hostname != urlsplit(asked.url).hostname:
        return None
    return Request(url)


def _from_feed(row: Fields, feed_title: str | None) -> Posting:
    job = row.object("_jobposting")
    url = row.link("url")
    if url is None:
        raise row.missing("url")
    employment = " ".join(job.texts("employmentType")) or None
    return Posting(
        external_id=row.need_id("id"),
        title=row.need_text("title"),
        url=url,
        company=job.object("hiringOrganization").text("name") or feed_title,
        locations=tuple(_places(job)),
        description_html=row.text("content_html") or job.text("description"),
        employment_type=employment,
        work_mode="remote" if job.text("jobLocationType") == "TELECOMMUTE" else None,
        posted_at=row.moment("date_published") or job.moment("datePosted"),
    )


def _places(job: Fields) -> Iterator[Location]:
    """schema.org's jobLocation: one Place, or a list of them."""
    one = isinstance(job.value.get("jobLocation"), dict)
    for place in [job.object("jobLocation")] if one else job.objects("jobLocation"):
        address = place.object("address")
        city, region = address.text("addressLocality"), address.text("addressRegion")
        country = address.text("addressCountry")
        text = ", ".join(part for part in (city, region, country) if part) or place.text("name")
        if text:
            yield Location(text, city, region, country_code(country))


def _from_rss(row: XmlRow) -> Posting:
    places = row.children(f"{TT}locations/{TT}location")
    return Posting(
        external_id=row.need_id("guid"),
        title=row.need_text("title"),
        url=web_url(row.need_text("link"), row.at("link")),
        locations=tuple(place for item in places if (place := _rss_place(item))),
        description_html=row.text("description"),
        department=row.text(f"{TT}department"),
        work_mode=_REMOTE.get(row.text("remoteStatus") or ""),
        posted_at=_rss_date(row.text("pubDate"), row.at("pubDate")),
    )


def _rss_place(place: XmlRow) -> Location | None:
    city, country = place.text(f"{TT}city"), place.text(f"{TT}country")
    text = ", ".join(part for part in (city, country) if part) or place.text(f"{TT}name")
    return Location(text, city, None, country_code(country)) if text else None


def _rss_date(text: str | None, path: str) -> datetime | None:
    """RFC 822, as RSS writes dates."""
    if text is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        raise SourceChanged(f"{path}: expected a date as RSS writes it (RFC 822)") from None

"""Any RSS or Atom feed of jobs. We Work Remotely and crypto.jobs are understood best."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.domain.salary import parse_salary
from backend.sources.answers import require_ok
from backend.sources.base import Page, Request, Response, Source
from backend.sources.feeds import feed_token, feed_url, without_build_date
from backend.sources.markup import XmlRow, xml_rows
from backend.sources.moments import loose_moment
from backend.sources.shapes import checked_id, web_url
from backend.sources.texts import as_html, as_line

LONGEST_PAY = 60  # a longer text is a story, not a figure
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}"
_ATOM_START = re.compile(rb"<(?:\w{1,20}:)?feed\b")
_PATH = re.compile(r"(?:\.rss|/rss(?:\.xml)?|/feed|\.atom|/atom(?:\.xml)?)/?$", re.IGNORECASE)
# "<strong>Location:</strong> Remote" at the head of the text (crypto.jobs)
_LABEL = re.compile(
    r"<(?:strong|b)>\s*(company|location|salary|type)\s*:\s*</(?:strong|b)>\s*([^<]{1,300})", re.IGNORECASE
)
# feeds whose titles are "Company: Role", all of them remote
_COMPANY_FIRST = {"weworkremotely.com"}
_ANYWHERE = {"anywhere in the world", "anywhere", "worldwide"}


class Rss(Source):
    """The token is the feed's URL. A feed shows a window of the newest: never complete."""

    name = "rss"
    label = "RSS feed"
    parser_version = 1
    url_forms = ("jobs.example/feed.rss",)

    def recognise(self, url: str) -> str | None:
        return feed_token(url, _PATH)

    def board_url(self, token: str) -> str:
        return feed_url(token)

    def first_request(self, token: str) -> Request:
        return Request(feed_url(token))

    def fingerprint(self, response: Response) -> bytes:
        return without_build_date(response.body)

    def parse(self, response: Response) -> Page:
        if _ATOM_START.search(require_ok(response).body[:2000]):
            found = [_from_atom(row) for row in xml_rows(response, f"{ATOM}feed", f"{ATOM}entry")]
        else:
            host = (urlsplit(response.request.url).hostname or "").removeprefix("www.")
            found = [_from_rss(row, host) for row in xml_rows(response, "rss", "item")]
        return Page(merge_duplicates(found), complete=False)


def _from_rss(row: XmlRow, host: str) -> Posting:
    guid, link = row.text("guid"), row.text("link")
    # where both are addresses, the guid is the one without the feed's tracking
    permanent = guid if guid and guid.startswith(("https://", "http://")) else None
    url = web_url(permanent or link or row.need_text("link"), row.at("link"))
    text = row.text(CONTENT) or row.text("description")
    facts = {name.lower(): value.strip() for name, value in _LABEL.findall(text or "")}
    pay = as_line(facts.get("salary") or row.text("salary")) or ""
    company, title = _company_and_title(row, facts.get("company"), host)
    return Posting(
        external_id=checked_id(guid or url, row.at("guid")),
        title=title,
        url=url,
        company=company,
        locations=tuple(_places(row, facts.get("location"))),
        description_html=as_html(text) or "",
        department=as_line(row.text("category")),
        employment_type=row.text("type") or facts.get("type"),
        work_mode="remote" if host in _COMPANY_FIRST else None,
        salary=parse_salary(pay if len(pay) <= LONGEST_PAY else None),
        posted_at=loose_moment(row.text("pubDate") or row.text(f"{DC}date")),
    )


def _company_and_title(row: XmlRow, told: str | None, host: str) -> tuple[str | None, str]:
    """Titles are "Role", "Company: Role" (We Work Remotely) or "Role at Company" (crypto.jobs)."""
    whole = row.need_text("title")
    title = as_line(whole) or whole
    company = as_line(told) or row.text("company") or row.text(f"{DC}creator")
    first, colon, rest = title.partition(": ")
    if host in _COMPANY_FIRST and colon and rest.strip():
        return first.strip(), rest.strip()
    if company and title.lower().endswith(f" at {company.lower()}"):
        return company, title[: -len(company) - 4].strip() or title
    return company, title


def _places(row: XmlRow, told: str | None) -> Iterator[Location]:
    region = row.text("region")
    for text in dict.fromkeys(
        [as_line(told), row.text("location"), region, *row.texts("country"), row.text("state")]
    ):
        if not text or (text == row.text("state") and region and region.lower() in _ANYWHERE):
            continue  # We Work Remotely's state is the company's own
        yield Location(text, country=country_code(text))


def _from_atom(row: XmlRow) -> Posting:
    links = row.element.findall(f"{ATOM}link")
    href = next((str(link.get("href")) for link in links if link.get("rel", "alternate") == "alternate"), "")
    url = web_url(href, row.at("link"))
    title = row.need_text(f"{ATOM}title")
    return Posting(
        external_id=checked_id(row.text(f"{ATOM}id") or url, row.at("id")),
        title=as_line(title) or title,
        url=url,
        description_html=as_html(row.text(f"{ATOM}content") or row.text(f"{ATOM}summary")) or "",
        posted_at=loose_moment(row.text(f"{ATOM}published") or row.text(f"{ATOM}updated")),
    )

"""Any careers page or sitemap whose openings carry schema.org's JobPosting for search engines."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from lxml.html import HtmlElement

from backend.domain.exchange import SourceChanged
from backend.domain.normalise import list_hash
from backend.domain.posting import Posting, merge_duplicates
from backend.sources.answers import fingerprint_or_body, http_date, is_page, page_answer, require_ok
from backend.sources.base import Page, Request, Response, Source
from backend.sources.feeds import feed_token, feed_url
from backend.sources.job_links import is_opening, title_of
from backend.sources.job_posting import postings_of, short_id
from backend.sources.linked_data import linked_data, of_type, page_text
from backend.sources.markup import XmlRow, xml_rows
from backend.sources.moments import loose_moment
from backend.sources.shapes import web_url

NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
MAX_SITEMAPS = 50
MAX_UNPACKED = 64_000_000
_SITEMAP = re.compile(r"sitemap[^/]*\.xml(?:\.gz)?$", re.IGNORECASE)
_JOBS = re.compile(
    r"job|career|karriere|vacan|stelle|position|opening|emploi|offre|vacature|empleo|vaga", re.IGNORECASE
)
_NO_TITLE = re.compile(
    r"(?:apply|view|read|see|learn|show|find|more|details?|here|now|job|this|role|position|mehr|jetzt|bewerben|zur|stelle"
    r"|en|savoir|plus|postuler|[^\w])+",
    re.IGNORECASE,
)


class JsonLd(Source):
    """The token is the address of a careers page or of a sitemap.

    A page is read for JobPostings, else for links to openings; a sitemap (or an index of sitemaps) for
    addresses that look like openings. What only an address is known of gets a provisional title until
    its own page is read, which must carry a JobPosting.
    """

    name = "json_ld"
    label = "Careers page (schema.org)"
    parser_version = 1
    url_forms = ("jobs.example/sitemap.xml",)
    web_pages = True

    def recognise(self, url: str) -> str | None:
        """Only sitemaps: any page might be a careers page."""
        return feed_token(url, _SITEMAP)

    def token_of(self, told: str) -> str | None:
        return feed_token(told, None)

    def board_url(self, token: str) -> str:
        return feed_url(token)

    def first_request(self, token: str) -> Request:
        return Request(feed_url(token))

    def fingerprint(self, response: Response) -> bytes:
        """What a page lists: the page around it is made anew for everybody who asks."""
        return fingerprint_or_body(response, self._listed) if is_page(response) else response.body

    def _listed(self, response: Response) -> bytes:
        return "\n".join(list_hash(posting) for posting in self.parse(response).postings).encode()

    def parse(self, response: Response) -> Page:
        if is_page(response):
            return Page(_from_page(response))
        answer = _unpacked(response)
        require_ok(answer)
        space = f"{{{NS}}}" if NS.encode() in answer.body[:5000] else ""
        if b"<sitemapindex" in answer.body[:5000]:
            maps = xml_rows(answer, f"{space}sitemapindex", f"{space}sitemap")
            return _from_index(answer, [_location(row, space) for row in maps])
        pages = xml_rows(answer, f"{space}urlset", f"{space}url")
        return _from_addresses(
            answer, [(_location(row, space), row.text(f"{space}lastmod")) for row in pages]
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        return Request(posting.url) if posting.description_html is None and posting.url else None

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        url = posting.url or response.request.url
        found: list[Posting] = []

        def shows(_: HtmlElement) -> bool:
            found.extend(_postings(response, url))
            return bool(found)

        page_answer(response, "a JobPosting", shows)
        known = [one for one in found if posting.url in {one.url, one.external_id}] or found
        return replace(
            known[0],
            external_id=posting.external_id or known[0].external_id,
            url=url or known[0].url,
            description_html=known[0].description_html or "",
        )


def _postings(response: Response, url: str, now: datetime | None = None) -> list[Posting]:
    return postings_of(response.body, url, now)


def _from_page(response: Response) -> list[Posting]:
    """The postings on a page, or the openings it links to."""
    url = response.url or response.request.url
    now = http_date(response.headers.get("date", ""))
    found: list[Posting] = []

    def shows(tree: HtmlElement) -> bool:
        found.extend(_postings(response, url, now) or _listed(response, url) or _linked(tree, url))
        return bool(found)

    page_answer(response, "JobPostings or links to openings", shows)
    return merge_duplicates(found)


def _listed(response: Response, url: str) -> list[Posting]:
    """The openings of an ItemList that only names their addresses."""
    items = of_type(linked_data(page_text(response.body), "JobPosting"), "ListItem")
    addresses = (str(item.get("url")) for item in items if isinstance(item.get("url"), str))
    return [found for address in addresses if (found := _opening(url, address, None, None))]


def _linked(tree: HtmlElement, url: str) -> list[Posting]:
    links = (
        (link.get("href"), " ".join("".join(map(str, link.itertext())).split())) for link in tree.iter("a")
    )
    return [found for href, text in links if href and (found := _opening(url, href, text, None))]


def _opening(page_url: str, link: str, text: str | None, changed: str | None) -> Posting | None:
    """What is known of an opening before its page was read; None for a link to anything else."""
    try:
        url = web_url(urljoin(page_url, link).partition("#")[0], "link")
        same_site = not page_url or _site(url) == _site(page_url)
    except (SourceChanged, ValueError):
        return None
    if not same_site or not is_opening(url) or url == page_url:
        return None
    title = text if text and len(text) <= 200 and not _NO_TITLE.fullmatch(text) else title_of(url)
    # a sitemap's date of the last change: another one has the page read again
    return Posting(short_id(url), title, url, posted_at=loose_moment(changed), provisional=True)


def _site(url: str) -> str:
    """The host without its first label, as jobs.example.com links to www.example.com."""
    host = urlsplit(url).hostname or ""
    return host if host.count(".") < 2 else host.partition(".")[2]


def _location(row: XmlRow, space: str) -> str:
    return web_url(row.need_text(f"{space}loc"), row.at("loc"))


def _from_addresses(response: Response, found: list[tuple[str, str | None]]) -> Page:
    index, number = _index_of(response.request)
    openings = [one for url, changed in found if (one := _opening(response.request.url, url, None, changed))]
    if found and not openings and index is None:
        where = response.request.url or "the sitemap"
        raise SourceChanged(f"{where}: none of its {len(found)} addresses looks like an opening's")
    following = Request(index, memo={"sitemap": number + 1}) if index else None
    return Page(merge_duplicates(openings), next=following)


def _from_index(response: Response, sitemaps: list[str]) -> Page:
    """The next of an index's sitemaps (of those that name jobs, if any do). Then the index is asked again."""
    asked = response.request
    chosen = [url for url in sitemaps if _JOBS.search(urlsplit(url).path)] or sitemaps
    number = asked.memo.get("sitemap", 0)
    complete = len(chosen) <= MAX_SITEMAPS
    if number >= min(len(chosen), MAX_SITEMAPS):
        return Page([], complete=complete)
    back = urlencode({"index": asked.url, "number": number})
    return Page([], next=Request(f"{chosen[number]}#{back}"), complete=complete)


def _index_of(asked: Request) -> tuple[str | None, int]:
    """Where a sitemap of an index came from: kept in the fragment, which is not sent."""
    kept = parse_qs(urlsplit(asked.url).fragment)
    index = kept.get("index", [""])[0]
    number = kept.get("number", ["0"])[0]
    return (index or None), int(number) if re.fullmatch(r"[0-9]{1,4}", number) else 0


def _unpacked(response: Response) -> Response:
    """A sitemap that is a .gz file."""
    if not response.body.startswith(b"\x1f\x8b"):
        return response
    try:
        unpacker = zlib.decompressobj(31)
        body = unpacker.decompress(response.body, MAX_UNPACKED)
    except zlib.error:
        raise SourceChanged(f"{response.request.url}: a broken .gz file") from None
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise SourceChanged(f"{response.request.url}: a .gz file cut off, or over {MAX_UNPACKED} bytes")
    return replace(response, body=body)

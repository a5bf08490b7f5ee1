"""The boards that a web page shows, embeds or links to. Pure, and linear in the page.

Places looked at: the page's own address, frames, scripts, links, any address in its text (also escaped, as in
JSON), the settings that embeds are given (`boardToken`), and signs that a service made the page for a
customer's own host.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from backend.sources import registry
from backend.sources.base import Source, SourceChanged
from backend.sources.linked_data import linked_data, of_type
from backend.sources.pasted import token_named

MOST_TEXT = 4_000_000  # characters of a page that are looked at
MOST_ADDRESSES = 1500
MOST_OF_A_HOST = 40  # a page with a thousand articles of its own must not hide the one frame

SURE, EMBEDDED, OWN_HOST, LINKED, MENTIONED, GENERAL = 1000, 30, 20, 5, 2, 0
GENERAL_SOURCES = frozenset({"json_ld", "json_feed", "rss", "xml_feed"})  # what any site may have: last

_TAG = re.compile(r"<(iframe|script|link|a|form|meta|div|embed|object)\b([^<>]{1,4000})>", re.IGNORECASE)
_VALUE = re.compile(r"([\w:-]{1,60})\s*=\s*(?:\"([^\"]{1,2000})\"|'([^']{1,2000})'|([^\s\"'>]{1,2000}))")
_ADDRESS = re.compile(r"(?:https?:)?//[A-Za-z0-9.-]{4,200}(?:[/?][^\s\"'<>\\^`{|}]{0,1000})?", re.IGNORECASE)
_ESCAPES = (("\\/", "/"), ("\\u002F", "/"), ("\\u002f", "/"), ("\\u0026", "&"), ("\\u003d", "="))
_NOT_COMPANIES = {"assets", "blog", "cdn", "docs", "help", "images", "media", "static", "status", "support"}
_HOLDERS = {"href", "src", "action", "content", "data", "data-src", "data-url", "data-href"}

# Embeds that name the company in a setting: the word that must stand in the page, and the setting.
_NAME = r"[\"']?\s*[:=]\s*[\"']([A-Za-z0-9][A-Za-z0-9._&-]{0,99})[\"']"
SETTINGS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (name, re.compile(sign, re.IGNORECASE), re.compile(rf"(?:{setting}){_NAME}"))
    for name, sign, setting in (
        ("greenhouse", r"gh_jid|greenhouse|grnhse", r"boardToken|board_token|data-board-token|urlToken"),
        ("lever", r"lever", r"leverAccountName|lever_account|data-lever-site|accountName"),
        ("ashby", r"ashby", r"ashbyBoard|ashby_board|data-ashby-board|organizationHostedJobsPageName"),
        ("smartrecruiters", r"smartrecruiters", r"company_code|companyCode|data-company-code"),
        ("workable", r"workable", r"workableAccount|workable_account|data-workable-account"),
    )
)

# Signs of pages that a service makes for a customer's own host: the board's token is then of that host.
HOSTED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(sign, re.IGNORECASE))
    for name, sign in (
        ("teamtailor", r"teamtailor-cdn\.com|assets[\w.-]*\.teamtailor|name=.generator. content=.teamtailor"),
        ("recruitee", r"recruiteecdn\.com|careers-analytics\.recruitee\.com"),
        ("pinpoint", r"pinpointhq\.com|cdn\.pinpoint"),
        ("eightfold", r"static\.vscdn\.net|eightfold\.ai"),
        ("icims", r"icims\.com|jibecdn\.com"),
        ("successfactors", r"rmkcdn\.successfactors\.com|jobs2web\.com|successfactors\.(?:com|eu)"),
        ("phenom", r"phenompeople\.com"),
    )
)
FEEDS = {"application/rss+xml": "rss", "application/atom+xml": "rss", "application/feed+json": "json_feed"}
ABOUT_WORK = re.compile(
    r"job|career|vacanc|position|karriere|stellen|emploi|ваканси|求人|採用", re.IGNORECASE
)

Found = tuple[Source, str]


def boards_in(page: str, page_url: str) -> list[Found]:
    """The boards of a page, the most likely first: what is embedded before what is linked or mentioned."""
    weights = weighed(page[:MOST_TEXT], page_url)
    return sorted(weights, key=lambda found: -weights[found])


def weighed(page: str, page_url: str) -> dict[Found, int]:
    weights: defaultdict[Found, int] = defaultdict(int)

    def count(found: Found | None, weight: int) -> None:
        if found is not None:
            weights[found] += GENERAL if found[0].name in GENERAL_SOURCES else weight

    count(registry.recognise(page_url), SURE)
    tags = list(tags_of(page))
    addresses = [*addresses_of_tags(tags, page_url), *addresses_of_text(page, page_url)]
    for address, weight in narrowed(addresses):
        found = registry.recognise(address)
        if found is None or found[0].name not in GENERAL_SOURCES or ABOUT_WORK.search(address):
            count(found, weight)  # a feed of news is no board
    for found in named_in_settings(page):
        count(found, EMBEDDED)
    named = {source.name for source, _ in weights}
    for found in hosted(page, page_url):
        if found[0].name not in named:  # else it made the board that is linked, not this page
            count(found, OWN_HOST)
    for found in general(page, tags, page_url):
        count(found, GENERAL)
    return weights


def tags_of(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The name and the attributes of each tag that may hold an address."""
    for tag in _TAG.finditer(page):
        values = {
            name.lower(): html.unescape(quoted or single or bare).strip()
            for name, quoted, single, bare in _VALUE.findall(tag.group(2))
        }
        yield tag.group(1).lower(), values


def addresses_of_tags(tags: list[tuple[str, dict[str, str]]], page_url: str) -> Iterator[tuple[str, int]]:
    for tag, values in tags:
        for name, value in values.items():
            if name in _HOLDERS and ("/" in value or "." in value):
                weight = EMBEDDED if tag in {"iframe", "script", "embed", "object"} else LINKED
                yield joined(page_url, value), weight


def addresses_of_text(page: str, page_url: str) -> Iterator[tuple[str, int]]:
    """Every whole address in the page, its scripts and data included."""
    text = page
    for escape, meant in _ESCAPES:
        text = text.replace(escape, meant)
    for found in _ADDRESS.finditer(html.unescape(text) if "&" in text else text):
        yield joined(page_url, found.group().rstrip(".,;:)]")), MENTIONED


def narrowed(addresses: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Each address once, with the best that it was; so many a host, so many in all."""
    best: dict[str, int] = {}
    of_host: defaultdict[str, int] = defaultdict(int)
    for address, weight in addresses:
        if address in best:
            best[address] = max(best[address], weight)
            continue
        host = host_of(address)
        if (
            host is None
            or host.partition(".")[0] in _NOT_COMPANIES
            or of_host[host] >= MOST_OF_A_HOST
            or len(best) >= MOST_ADDRESSES
        ):
            continue
        of_host[host] += 1
        best[address] = weight
    yield from best.items()


def named_in_settings(page: str) -> Iterator[Found]:
    for name, sign, setting in SETTINGS:
        source = known(name)
        if source is None or not sign.search(page):
            continue
        for value in dict.fromkeys(match.group(1) for match in setting.finditer(page)):
            token = token_named(source, value)
            if token:
                yield source, token


def hosted(page: str, page_url: str) -> Iterator[Found]:
    """Boards on the page's own host, by signs of the service that made the page."""
    for name, sign in HOSTED:
        source = known(name)
        if source is not None and sign.search(page):
            token = token_named(source, page_url) or token_named(source, host_of(page_url) or "")
            if token:
                yield source, token


def general(page: str, tags: list[tuple[str, dict[str, str]]], page_url: str) -> Iterator[Found]:
    """What every site may have: feeds of jobs, and JobPosting in the page itself."""
    for tag, values in tags:
        source = known(FEEDS.get(values.get("type", "").lower(), "")) if tag == "link" else None
        if source is not None and ABOUT_WORK.search(values.get("href", "") + values.get("title", "")):
            token = source.token_of(joined(page_url, values.get("href", "")))
            if token:
                yield source, token
    source = known("json_ld")
    token = source.token_of(page_url) if source is not None and describes_jobs(page) else None
    if source is not None and token:
        yield source, token


def describes_jobs(page: str) -> bool:
    try:
        return "JobPosting" in page and bool(of_type(linked_data(page, "JobPosting"), "JobPosting"))
    except SourceChanged:
        return False


def known(name: str) -> Source | None:
    return next((source for source in registry.SOURCES if source.name == name), None)


def joined(page_url: str, address: str) -> str:
    try:
        return urljoin(page_url, address)
    except ValueError:
        return ""


def host_of(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None

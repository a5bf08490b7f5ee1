"""The links of a company's page that lead to its openings. Pure."""

from __future__ import annotations

import html
import re
from urllib.parse import urldefrag, urljoin, urlsplit

MOST_LINKS = 3000
_LINK = re.compile(r"<a\b([^<>]{1,4000})>(.{0,300}?)</a", re.IGNORECASE | re.DOTALL)
_HREF = re.compile(
    r"\bhref\s*=\s*(?:\"([^\"]{1,2000})\"|'([^']{1,2000})'|([^\s\"'>]{1,2000}))", re.IGNORECASE
)
_MARKUP = re.compile(r"<[^<>]*>")

# What says "here are the openings" counts more than what says "about working here". Scripts without blanks
# between words are looked for anywhere, the others as whole words.
_OPENINGS = """
    jobs? | openings | vacancy | vacancies | open[ ](?:positions?|roles)
    | (?:all|view|see|current)[ ](?:positions|roles)
    | stellen | stellenangebote | stellenmarkt | offene[ ]stellen | jobb[öo]rse
    | offres?([ ]d['’]emplois?)? | emplois?
    | ofertas | empleos? | vacantes | vagas | vacatures | posizioni[ ]aperte | oferty[ ]pracy
    | lediga[ ](?:jobb|tj[äa]nster) | ledige[ ]stillinger | avoimet[ ]ty[öo]paikat
"""
_CAREERS = """
    careers? | join[ ](?:us|our[ ]team|the[ ]team) | work[ ](?:with|for|at)[ ]us | hiring
    | karriere | carri[èe]res?
    | recrutement | rejoi(?:gnez|ndre)[- ]nous | nous[ ]rejoindre
    | trabaj[ae]([ ]con[ ]nosotros)? | lavora[ ]con[ ]noi
    | carreiras | werken[ ]bij | kariera | praca | jobba[ ]hos[ ]oss | karri[äa]r
"""
_OPENINGS_ANYWHERE = "ваканси|求人|募集|职位|職缺|채용"
_CAREERS_ANYWHERE = "карьера|работа[ ]у[ ]нас|キャリア|採用|招聘|加入我们"


def _words(whole: str, anywhere: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{whole})\b|{anywhere}", re.IGNORECASE | re.VERBOSE)


OPENINGS = _words(_OPENINGS, _OPENINGS_ANYWHERE)
CAREERS = _words(_CAREERS, _CAREERS_ANYWHERE)
_SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"}


def careers_links(page: str, page_url: str) -> list[str]:
    """Links to the openings on the same site, the most promising first."""
    site, own = site_of(page_url), urldefrag(page_url).url
    scores: dict[str, int] = {}
    for link in list(_LINK.finditer(page))[:MOST_LINKS]:
        href = _HREF.search(link.group(1))
        address = _joined(page_url, html.unescape("".join(filter(None, href.groups())))) if href else None
        if address is None or address == own or site is None or site_of(address) != site:
            continue
        score = promise(html.unescape(_MARKUP.sub(" ", link.group(2))), address)
        if score:
            scores[address] = max(score, scores.get(address, 0))
    return sorted(scores, key=lambda address: (-scores[address], len(address)))


def promise(text: str, address: str) -> int:
    """How much a link's text and address speak of openings; 0 for not at all. A long text is no menu."""
    said = text if len(text) <= 60 else ""
    parts = urlsplit(address)
    path = re.sub(r"[-_/.]+", " ", f"{(parts.hostname or '').partition('.')[0]} {parts.path}")
    return sum(
        worth
        for worth, words, where in (
            (6, OPENINGS, said),
            (4, CAREERS, said),
            (3, OPENINGS, path),
            (2, CAREERS, path),
        )
        if words.search(where)
    )


def site_of(url: str) -> str | None:
    """`acme.co.uk` of `https://careers.acme.co.uk/jobs`: near enough to call two pages one company's."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return None
    labels = host.split(".")
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:]) or None


def _joined(page_url: str, href: str) -> str | None:
    try:
        address = urldefrag(urljoin(page_url, href.strip())).url
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None

"""Which addresses of a company's site are openings: by the words in their paths. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

# a folder in which everything with a name of its own is an opening
_STRONG = (
    r"jobs?|job-?(?:openings?|listings?|offers?|ads?|details?|postings?|description)|vacanc(?:y|ies)|(?:open-)?positions?"
    r"|openings?|opportunit(?:y|ies)|open-roles?|roles?|requisitions?|stellen?|stellen-?(?:angebote?|anzeigen?|markt)"
    r"|jobangebote?|offene-stellen|emplois?|offres?(?:-d-?emplois?|-emplois?)?|annonces?|vacatures?|empleos?|ofertas?"
    r"(?:-de-empleo)?|vagas?|posizioni(?:-aperte)?|offerte(?:-di-lavoro)?|oferty?(?:-pracy)?|praca|stillinger?"
    r"|lediga-(?:jobb|tjanster)|vakansii|vacancies"
)
# a folder that holds other pages too: there an opening needs a number in its name
_WEAK = r"careers?|karriere|carrieres?|carreras?|join-?us|work-with-us|recruit(?:ing|ment)?|bewerbung|o"
_PART = re.compile(rf"(?P<strong>{_STRONG})|(?P<weak>{_WEAK})", re.IGNORECASE)
_NO_OPENING = re.compile(
    r"(?:page|pages|category|categories|tags?|locations?|departments?|teams?|search|results?|alerts?|apply|login"
    r"|sign-?in|register|faq|benefits|culture|values|events|blog|news|index(?:\.\w+)?|all|view-?all|feed|rss|amp"
    r"|privacy|terms|cookies?|\d{1,3})",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|jpe?g|png|gif|svg|webp|css|js|docx?|zip|mp4|xml|ico)$", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{3,}|[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)
_ID = re.compile(
    r"(?:^|[-_ ])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[a-z]{0,4}\d{3,}\w*|\w{24,})(?=[-_ ]|$)",
    re.IGNORECASE,
)


def is_opening(url: str) -> bool:
    """Whether an address looks like one opening's own page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    path = [unquote(part) for part in parts.path.split("/") if part]
    if _FILE.search(parts.path) or not path:
        return False
    last = path[-1]
    if _NO_OPENING.fullmatch(last):
        return False
    for folder in path[:-1]:
        found = _PART.fullmatch(folder)
        if found and (found.group("strong") or _NUMBERED.search("/".join(path[1:]))):
            return True
    return bool(
        re.fullmatch(rf"(?:{_STRONG})[-_.]?\d{{3,}}.*|\d{{3,}}[-_].+", last, re.IGNORECASE) and len(path) > 1
    )


def title_of(url: str) -> str:
    """What an opening may be called, from the last words of its address: until its own page tells."""
    path = [unquote(part) for part in urlsplit(url).path.split("/") if part]
    for part in reversed(path):
        words = re.sub(r"\.(?:html?|php|aspx?)$", "", part, flags=re.IGNORECASE)
        words = " ".join(re.sub(r"[-_+]+", " ", _ID.sub(" ", words)).split())
        if re.search(r"[^\W\d_]{2}", words) and not _PART.fullmatch(part):
            return (words[0].upper() + words[1:])[:200]
    return "Opening"

"""Which element of an XML job means what: by an operator's mapping, else by what such feeds call it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

from lxml import etree

# our word -> what feeds call it, the likeliest first; names are compared without case, "_" and "-"
_WORDS = {
    "id": "referencenumber reference refnumber jobid jobreference requisitionid reqid externalid"
    " uniqueid id guid partnerjobid jobref ref",
    "title": "title jobtitle positiontitle position name",
    "url": "url joburl link applyurl deeplink detailurl applicationurl jobpageurl applylink",
    "company": "company companyname employer employername advertiser organization hiringorganization",
    "city": "city town locality jobcity",
    "region": "state region province county jobstate stateorprovince",
    "country": "country countrycode jobcountry",
    "location": "location joblocation locations place workplace area",
    "description": "description jobdescription body content encoded text summary details desc",
    "department": "department category categories jobcategory function industry",
    "type": "jobtype employmenttype contracttype type worktype schedule positiontype contract",
    "salary": "salary compensation pay wage salaryrange",
    "salary_min": "salarymin minsalary salaryfrom minimumsalary",
    "salary_max": "salarymax maxsalary salaryto maximumsalary",
    "currency": "salarycurrency currency",
    "period": "salaryperiod salaryunit salarytype",
    "remote": "remotetype remote workplacetype isremote workmode telecommute",
    "level": "experiencelevel level seniority careerlevel",
    "posted": "date published pubdate posted dateposted posteddate postedat publishdate created"
    " createdat datecreated updated lastmodified",
    "expires": "expirationdate expires expiresat expirydate validthrough closingdate enddate deadline",
    "status": "status jobstatus postingstatus",
    "closed": "closed isclosed expired isexpired filled deleted",
    "active": "active isactive ispublished isopen open enabled",
}
GUESSES: Mapping[str, tuple[str, ...]] = {word: tuple(names.split()) for word, names in _WORDS.items()}
# what one job is called
ROWS = [
    "job",
    "position",
    "vacancy",
    "listing",
    "jobposting",
    "posting",
    "offer",
    "opening",
    "item",
    "jobad",
    "ad",
]
# roots of lists, which may be empty
ROOTS = [
    "jobs",
    "source",
    "positions",
    "vacancies",
    "listings",
    "postings",
    "jobpostings",
    "offers",
    "feed",
    "rss",
    "channel",
    "openings",
    "jobfeed",
    "trovit",
    "jobads",
    "ads",
    "root",
    "data",
    "results",
    "jobsfeed",
]
_SHUT = re.compile(
    r"clos|inactive|expired|filled|delet|draft|archiv|unpublish|on.?hold|pause|withdrawn|cancel|disabled|\boff(?:line)?\b",
    re.IGNORECASE,
)
YES = frozenset({"1", "true", "yes", "y", "on", "ja", "oui", "si"})
NO = frozenset({"0", "false", "no", "n", "off", "nein", "non"})


def local(element: etree._Element) -> str:
    """An element's name without namespace; comments and the like have none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


@lru_cache(maxsize=256)
def plain(name: str) -> str:
    return re.sub(r"[_\-.: ]", "", name).lower()


def mapping_of(fragment: str) -> dict[str, str]:
    """`map=title:jobtitle,id:ref,row:vacancy` -> {"title": "jobtitle", ...}; what is not known is left out.

    A path is written with `/`, an attribute with `@`: `id:@key`, `city:place/city`.
    """
    _, found, text = fragment.partition("map=")
    pairs = (pair.partition(":") for pair in unquote(text).split(",")) if found else ()
    known = {*GUESSES, "row"}
    return {name.strip(): path.strip() for name, _, path in pairs if name.strip() in known and path.strip()}


def is_shut(status: str | None, closed: str | None, active: str | None) -> bool:
    """Whether a feed calls a job closed: by a status in words, or by a flag."""
    if (closed or "").lower() in YES or (active or "").lower() in NO:
        return True
    return bool(status and (_SHUT.search(status) or status.lower() in NO))

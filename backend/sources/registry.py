"""All sources there are. A new source is one module and one line here."""

from __future__ import annotations

from backend.sources.adp import Adp
from backend.sources.adzuna import Adzuna
from backend.sources.amazon import Amazon
from backend.sources.arbeitnow import Arbeitnow
from backend.sources.ashby import Ashby
from backend.sources.bamboohr import BambooHR
from backend.sources.base import Source
from backend.sources.breezy import Breezy
from backend.sources.comeet import Comeet
from backend.sources.eightfold import Eightfold
from backend.sources.france_travail import FranceTravail
from backend.sources.greenhouse import Greenhouse
from backend.sources.hh import HeadHunter
from backend.sources.himalayas import Himalayas
from backend.sources.hn import HackerNews
from backend.sources.icims import Icims
from backend.sources.jazzhr import JazzHR
from backend.sources.jobicy import Jobicy
from backend.sources.jobvite import Jobvite
from backend.sources.jobylon import Jobylon
from backend.sources.jsearch import JSearch
from backend.sources.json_feed import JsonFeed
from backend.sources.json_ld import JsonLd
from backend.sources.justjoinit import JustJoinIt
from backend.sources.lever import Lever
from backend.sources.nofluffjobs import NoFluffJobs
from backend.sources.oracle import Oracle
from backend.sources.personio import Personio
from backend.sources.phenom import Phenom
from backend.sources.pinpoint import Pinpoint
from backend.sources.recruitee import Recruitee
from backend.sources.remoteok import RemoteOk
from backend.sources.remotive import Remotive
from backend.sources.rippling import Rippling
from backend.sources.rss import Rss
from backend.sources.smartrecruiters import SmartRecruiters
from backend.sources.successfactors import SuccessFactors
from backend.sources.teamtailor import Teamtailor
from backend.sources.themuse import TheMuse
from backend.sources.torre import Torre
from backend.sources.usajobs import UsaJobs
from backend.sources.workable import Workable
from backend.sources.workday import Workday
from backend.sources.xml_feed import XmlFeed

SOURCES: tuple[Source, ...] = (
    Greenhouse(),
    Lever(),
    Ashby(),
    SmartRecruiters(),
    Workable(),
    Recruitee(),
    Personio(),
    Workday(),
    Teamtailor(),
    BambooHR(),
    Breezy(),
    Rippling(),
    Pinpoint(),
    Oracle(),
    Eightfold(),
    Adp(),
    Amazon(),
    Icims(),
    Jobvite(),
    Jobylon(),
    Comeet(),
    JazzHR(),
    Phenom(),
    SuccessFactors(),
    HeadHunter(),
    FranceTravail(),
    Adzuna(),
    JSearch(),
    UsaJobs(),
    TheMuse(),
    Remotive(),
    Arbeitnow(),
    RemoteOk(),
    Himalayas(),
    Jobicy(),
    Torre(),
    NoFluffJobs(),
    JustJoinIt(),
    HackerNews(),
    # these take any host, so they come last
    Rss(),
    JsonFeed(),
    JsonLd(),
    XmlFeed(),
)
_BY_NAME = {source.name: source for source in SOURCES}


class UnknownSource(LookupError):
    """There is no source of that name. The message lists those that exist."""


def source(name: str) -> Source:
    """Raises UnknownSource."""
    found = _BY_NAME.get(name)
    if found is None:
        raise UnknownSource(f"there is no source {name!r}; these exist: {', '.join(sorted(_BY_NAME))}")
    return found


def recognise(url: str) -> tuple[Source, str] | None:
    """The source and the token of a pasted careers address, or None."""
    for candidate in SOURCES:
        token = candidate.recognise(url)
        if token is not None:
            return candidate, token
    return None


def not_recognised(url: str) -> str:
    """What to tell people whose address no source recognises."""
    forms = "; ".join(f"{known.label}: {known.url_forms[0]}" for known in SOURCES)
    return f"no source recognises {url[:200]!r}. Known addresses look like: {forms}"

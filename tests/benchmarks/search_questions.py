"""What is asked in the search benchmarks: as people ask, rare and common, long and short."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.query import Query, parse
from backend.domain.query_nodes import sought_terms

FACETS = ("employer", "country", "city", "mode", "type", "level", "source", "posted")
COMMON = (
    "engineer",
    "manager",
    "sales",
    "data",
    "senior software engineer",
    "product manager",
    "remote team",
)
RARE = (
    "solidity",
    "fpga",
    "pharmacist",
    "zendesk",
    "solana",
    "actuarial",
    "golang terraform",
    "sox netsuite",
)
SEVERAL = (
    "python django",
    "react typescript node.js",
    "kubernetes aws terraform",
    "machine learning pytorch",
    "customer success saas",
    "accountant month end close",
    "executive assistant calendar",
    "c++ robotics",
    "vertrieb deutsch",
    "french speaking",
)
PHRASES = (
    '"machine learning"',
    '"customer success manager"',
    '"software engineer" remote',
    '"site reliability"',
    '"go to market"',
    '"month-end close"',
)
CHOICES = (
    "python OR java OR golang",
    "nurse OR pharmacist OR therapist",
    "(designer OR researcher) figma",
    "sales OR marketing",
    "(rust OR solidity) (blockchain OR crypto)",
)
REFINED = (
    "engineer -senior -staff",
    'manager -product -"account manager"',
    "title:engineer python",
    'title:"product manager"',
    "location:berlin",
    "develop* backend",
    "engineer country:US",
    "python mode:remote",
    "manager level:director salary>150000",
    "data posted<30d",
    "designer country:DE",
    "support type:full_time mode:remote",
)
FILTERS = (
    "",
    "country:DE",
    "mode:remote level:senior",
    "salary>=200000",
    "type:full_time country:US",
    "posted<7d",
    "source:lever mode:remote",
    "level:intern",
)
COUNTED = (
    "",
    "engineer",
    "python",
    '"machine learning"',
    "country:US",
    "sales OR marketing",
    "solidity",
    "mode:remote",
)
TYPED = (
    "so",
    "software",
    "software eng",
    "data",
    "prod",
    "ber",
    "new y",
    "mark",
    "str",
    "ma",
    "nurse",
    "senior ac",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A query and what is wanted of it: the best, the newest, or how many have which value."""

    text: str
    wanted: str

    @property
    def query(self) -> Query:
        return parse(self.text)


def worded() -> tuple[str, ...]:
    return COMMON + RARE + SEVERAL + PHRASES + CHOICES + REFINED


def ranked() -> list[Question]:
    return [Question(text, "ranked") for text in worded() if sought_terms(parse(text).node)]


def newest() -> list[Question]:
    return [Question(text, "newest") for text in (*worded(), *FILTERS)]


def counted() -> list[Question]:
    return [Question(text, "facets") for text in COUNTED]

"""What made-up listings are made of: the parts of the real ones in ../shared/listings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from backend.domain.analyse import plain
from backend.domain.language import detect
from backend.domain.normalise import normalise
from backend.domain.posting import Location, Posting, Salary
from backend.domain.richtext import text_of
from tests.benchmarks import listings_real
from tests.benchmarks.listings_real import GREENHOUSE, NETWORK, READ_AT

SEPARATOR = re.compile(r" [-–—|] |, | \(")
KINDS = (
    "nurs|pharmac|clinical|medical|therap|physician",
    "account executive|sales|sdr|business development|account manager",
    "engineer|developer|devops|software|architect|technician",
    "marketing|content|seo|brand|social media",
    "design",
    "product",
    "data|analyst|analytics|scientist|research",
    "customer|support|success",
    "financ|account|controller|tax|payroll",
    "recruit|talent|people|human resources",
    "counsel|legal|compliance|risk",
)
_KIND = re.compile("|".join(f"({kind})" for kind in KINDS), re.IGNORECASE)
_BLOCK = re.compile(r"<(p|h[1-6]|li)>(.*?)</\1>", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=\w)")
Group = tuple[str, int]  # a language, a kind of work


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a description: its tag, and its sentences as HTML."""

    tag: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """`english`: the group of each English title, so that a group is as frequent as its titles are.

    `outlines`: of each text the tag and number of sentences of each block. `sentences`: by group and tag.
    """

    english: list[Group]
    titles: dict[Group, list[str]]
    texts: list[tuple[Group, list[Block]]]
    outlines: dict[Group, list[list[tuple[str, int]]]]
    sentences: dict[tuple[Group, str], list[str]]
    places: list[tuple[Location, ...]]
    names: list[str]
    salaries: list[Salary]
    departments: list[str]


@cache
def material() -> Material:
    titles: dict[Group, list[str]] = defaultdict(list)
    outlines: dict[Group, list[list[tuple[str, int]]]] = defaultdict(list)
    sentences: dict[tuple[Group, str], list[str]] = defaultdict(list)
    texts: list[tuple[Group, list[Block]]] = []
    samples = listings_real.described()
    contents = [normalise(sample.posting, READ_AT) for sample in samples]
    for content in contents:
        blocks = list(_blocks(content.description_html or ""))
        if not blocks:
            continue
        language = detect(plain(text_of(content.description_html or ""))) or "en"
        group = (language, _kind(content.title) if language == "en" else 0)
        texts.append((group, blocks))
        titles[group].append(content.title)
        outlines[group].append([(block.tag, len(block.sentences)) for block in blocks])
        for block in blocks:
            sentences[group, block.tag] += block.sentences
    untold = [
        (job["title"].strip(), job["location"])
        for name in (GREENHOUSE, NETWORK)
        for job in listings_real.lines(name)
    ]
    for title, _ in untold:
        titles["en", _kind(title)].append(title)
    return Material(
        english=[group for group, found in titles.items() if group[0] == "en" for _ in found],
        titles=titles,
        texts=texts,
        outlines=outlines,
        sentences=sentences,
        places=[*(content.locations for content in contents if content.locations), *_places(untold)],
        names=_names([sample.company for sample in samples]),
        salaries=[content.salary for content in contents if content.salary],
        departments=[content.department for content in contents if content.department],
    )


def _blocks(html: str) -> Iterator[Block]:
    for tag, inner in _BLOCK.findall(html):
        inner = re.sub(r"</?(?:p|ul|ol|li)>", " ", inner).strip()
        if inner:
            yield Block(tag, tuple(_SENTENCE.split(inner)))


def _kind(title: str) -> int:
    found = _KIND.search(title)
    return found.lastindex if found and found.lastindex else 0


def _places(untold: list[tuple[str, str | None]]) -> Iterator[tuple[Location, ...]]:
    """Each place as often as it is named; what it means is found out once."""
    known: dict[str, tuple[Location, ...]] = {}
    for _, text in untold:
        if text and text not in known:
            named = tuple(Location(part.strip()) for part in text.split(";") if part.strip())
            posting = Posting(external_id="1", title="-", url="https://example.org/", locations=named)
            known[text] = normalise(posting, READ_AT).locations
    yield from (known[text] for _, text in untold if text and known[text])


def _names(first: list[str]) -> list[str]:
    names = dict.fromkeys(first)
    for job in listings_real.lines(GREENHOUSE):
        names[job["company"].replace("-", " ").title()] = None
    for job in listings_real.lines(NETWORK):
        names[job["company"]] = None
    return [name.strip() for name in names if name.strip()]

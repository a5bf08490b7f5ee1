"""`python -m tests.benchmarks.relevance_pool`: what is still to be judged, without saying who found it.

For each query the ten best of every engine, without those that have a grade, in an order that says nothing.
Write the grades into judgements/judgements.tsv (judgements/README.md says how one grades).
"""

from __future__ import annotations

import re
import sys
import tempfile
from hashlib import blake2b
from pathlib import Path

from backend.domain.analyse import plain, spelling
from backend.domain.matching import Document
from backend.domain.query_nodes import sought_terms
from tests.benchmarks.relevance_collection import Asked, Collection, collection, grades, queries

BEGINNING, AROUND, PASSAGES = 50, 45, 3


def main() -> None:
    only = set(sys.argv[1:])
    with tempfile.TemporaryDirectory() as name, collection(Path(name)) as listings:
        ids = {key: number for number, key in listings.keys.items()}
        for asked in queries():
            if only and asked.name not in only:
                continue
            keys = unjudged(listings, asked)
            if keys:
                print(f"\n## {asked.name}: {asked.text}\n   {asked.need}")
            for key in keys:
                print(f"{key} {shown(asked, listings.documents[ids[key]])}")


def unjudged(listings: Collection, asked: Asked) -> list[str]:
    judged = grades()
    pool = {key for engine in listings.engines for key in listings.found(engine, asked)}
    pool = {key for key in pool if (asked.name, key) not in judged}
    return sorted(pool, key=lambda key: blake2b(f"{asked.name} {key}".encode()).digest())


def shown(asked: Asked, document: Document) -> str:
    """A listing in a few lines: its head, how its text begins, and where the query's words stand in it."""
    values = " ".join(sorted(value for some in document.values.values() for value in some))
    pay = f" {document.salary:,.0f}" if document.salary else ""
    places = "; ".join(dict.fromkeys(document.locations))[:80]
    head = f"{document.title} | {document.company} | {places} | {values}{pay}"
    text = " ".join(document.description_text.split())
    return "\n   ".join([head, f"{text[:BEGINNING]} … {' … '.join(passages(asked, text))}"])


def passages(asked: Asked, text: str) -> list[str]:
    words = [spelling((term,)) for sought in sought_terms(asked.query.node) for term in sought.terms]
    found: list[str] = []
    for word in dict.fromkeys(words):
        pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
        if not plain(word) or any(re.search(pattern, passage, re.IGNORECASE) for passage in found):
            continue
        if matched := re.search(pattern, text, re.IGNORECASE):
            found.append(text[max(0, matched.start() - AROUND) : matched.end() + AROUND])
    return found[:PASSAGES]


if __name__ == "__main__":
    main()

"""The real listings in ../shared/listings that have a description, read as our own crawl would read them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from backend.domain.posting import Location, Posting
from backend.sources import registry
from backend.sources.base import Response
from backend.sources.shapes import paragraphs

FOLDER = Path(__file__).parents[3] / "shared" / "listings"
ASHBY, LABELLED = "ashby-2025-10.ndjson.gz", "labelled.jsonl.gz"
GREENHOUSE, NETWORK = "greenhouse-index-2025-12.ndjson.gz", "network-jobs-2026-01.ndjson.gz"
READ_AT = datetime(2025, 10, 31, tzinfo=UTC)  # the larger file was read in that month
ABSENT = "skipped: the real listings (../shared/listings) are not here"


@dataclass(frozen=True, slots=True)
class Sample:
    """A real listing. `key` is a hash of what it says, so it stays the same however the files are read."""

    key: str
    company: str
    source: str
    posting: Posting


def are_here() -> bool:
    return all((FOLDER / name).is_file() for name in (ASHBY, LABELLED, GREENHOUSE, NETWORK))


def described() -> list[Sample]:
    """Each listing with a description, once. The order is that of the files."""
    unique = {sample.key: sample for sample in (*_ashby(), *_labelled())}
    return list(unique.values())


def lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(FOLDER / name, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _ashby() -> Iterator[Sample]:
    source = registry.source("ashby")
    for job in lines(ASHBY):
        request = source.first_request(job["_board"])
        answer = Response(200, json.dumps({"jobs": [job]}).encode(), request=request, url=request.url)
        for posting in source.parse(answer).postings:
            key = _key(job["_board"], job["title"], job["location"], job["descriptionPlain"])
            yield Sample(key, job["_board"].replace("-", " "), "ashby", posting)


def _labelled() -> Iterator[Sample]:
    for job in lines(LABELLED):
        place = job["location_raw"] or ""
        posting = Posting(
            external_id=job["id"],
            title=job["title"],
            url=f"https://example.org/{job['id']}",
            locations=(Location(place),) if place else (),
            description_html=paragraphs(job["description_text"]),
            posted_at=READ_AT,
        )
        key = _key(job["company_key"], job["title"], place, job["description_text"])
        yield Sample(key, job["company_key"].replace("-", " "), job["source"], posting)


def _key(*texts: str | None) -> str:
    return blake2b("\x1f".join(text or "" for text in texts).encode(), digest_size=6).hexdigest()

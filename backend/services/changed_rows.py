"""Reading only those rows of a list that changed: of a long answer nearly all are as they were.

For sources that say `rows_apart`. A row is known again by its bytes. Wherever anything is not as plain as
that (two rows of one id, a row that cannot be read), the list is read whole, as that of any other source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import orjson

from backend.domain.posting import Posting
from backend.services.known_listings import Row
from backend.sources.base import Response, Source, SourceError

OK = 200


@dataclass(frozen=True, slots=True)
class ChangedRows:
    """`same`: ids of listings whose rows are as they were; `read`: the other postings, by their list hash."""

    same: list[str]
    read: dict[str, Posting]


def read(source: Source, response: Response, known: Mapping[str, Row]) -> ChangedRows | None:
    """What an answer holds beside what is known of its board; None: read it whole."""
    found = _rows(source, response)
    if found is None:
        return None
    by_hash = {row.list_hash: key for key, row in known.items()}
    same, postings = [], {}
    for row in found:
        try:
            hash_of_row = _hash(source, row)
            key = by_hash.get(hash_of_row)
            posting = _alone(source, response, row) if key is None else None
        except (SourceError, orjson.JSONEncodeError):
            return None
        if key is not None:
            same.append(key)
        elif posting is not None:
            postings[hash_of_row] = posting
    ids = {*same, *(posting.external_id for posting in postings.values())}
    return ChangedRows(same, postings) if len(ids) == len(same) + len(postings) else None


def _rows(source: Source, response: Response) -> list[Any] | None:
    if not source.rows_apart or response.status != OK:
        return None
    try:
        answer = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None  # also what the standard library takes: it says better what is wrong
    found = answer.get(source.envelope) if isinstance(answer, dict) and source.envelope else answer
    return found if isinstance(found, list) else None


def _hash(source: Source, row: Any) -> str:
    """Ends otherwise than a posting's hash (`fingerprints.list_hash_of`), and is never taken for one."""
    return f"{sha256(orjson.dumps(row)).hexdigest()[:24]}r{source.parser_version}"


def _alone(source: Source, response: Response, row: Any) -> Posting | None:
    """The posting of a row; None where the source shows none. Raises SourceError."""
    body = orjson.dumps({source.envelope: [row]} if source.envelope else [row])
    page = source.parse(replace(response, body=body))
    return page.open[0] if page.open else None

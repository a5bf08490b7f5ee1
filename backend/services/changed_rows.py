"""Reading only those rows of a list that changed: of a long answer nearly all are as they were.

For sources that say `rows_apart`. A row is known again by its bytes. Wherever anything is not as plain as
that (two rows of one id, a row that cannot be read), the list is read whole, as that of any other source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from xxhash import xxh3_128_hexdigest

from backend.domain.posting import Posting
from backend.services.known_listings import Row
from backend.sources import apart
from backend.sources.base import Response, Source, SourceError

OK = 200


@dataclass(frozen=True, slots=True)
class ChangedRows:
    """`same`: ids of listings whose rows are as they were; `read`: the other postings, by their list hash."""

    same: list[str]
    read: dict[str, Posting]


def read(source: Source, response: Response, known: Mapping[str, Row]) -> ChangedRows | None:
    """What an answer holds beside what is known of its board; None: read it whole."""
    rows = source.rows_apart
    found = rows.cut(response.body) if rows and response.status == OK else None
    if rows is None or found is None:
        return None
    by_hash = {row.list_hash: key for key, row in known.items()}
    same: list[str] = []
    postings: dict[str, Posting] = {}
    for row in found:
        hash_of_row = _hash(source, row)
        key = by_hash.get(hash_of_row)
        if key is not None:
            same.append(key)
            continue
        try:
            shown = _alone(source, response, rows.alone(row))
        except SourceError:
            return None
        if len(shown) > 1:
            return None
        for posting in shown:
            postings[hash_of_row] = posting
    ids = {*same, *(posting.external_id for posting in postings.values())}
    return ChangedRows(same, postings) if len(ids) == len(same) + len(postings) else None


def _hash(source: Source, row: apart.Row) -> str:
    """Ends otherwise than a posting's hash (`fingerprints.list_hash_of`), and is never taken for one.

    No secure hash: who makes two rows of one hash hides nothing but their own change.
    """
    return f"{xxh3_128_hexdigest(row)[:24]}r{source.parser_version}"


def _alone(source: Source, response: Response, body: bytes) -> list[Posting]:
    """The posting of a row, of which an answer was made; none where the source shows none.

    Raises SourceError.
    """
    return source.parse(replace(response, body=body)).open

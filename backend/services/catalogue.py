"""Lists of boards: the starter catalogue, and files of thousands that an operator imports."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from itertools import count, islice
from pathlib import Path
from typing import IO, Literal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.models import begin_write
from backend.services import boards
from backend.services.boards import NewBoard
from backend.services.companies import NewCompany
from backend.sources import pasted
from backend.sources.base import Source

CHUNK = 500  # rows of one transaction: a crawl in another process never waits long
AT_ONCE = 300  # boards of an import that are due at once; the others come due over the spread
GOLDEN = 0.6180339887498949  # its multiples fill [0, 1) evenly, however many there will be
SHOWN = 200  # characters of a file's text in a report

Outcome = Literal["added", "known", "not recognised"]
Row = Mapping[str, str]
Numbered = tuple[int, Row]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one line of a file. `number` counts from 1, the header line included.

    `source` is the one that the line names or is recognised as; empty for neither.
    """

    number: int
    outcome: Outcome
    text: str
    source: str = ""


class BadFile(ValueError):
    """The file cannot be read as a table, or has no column that names a board."""


class NotABoard(ValueError):
    """A row names no board. The message says why."""


def read_rows(file: IO[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers and rows of a TSV or CSV with a header. Raises BadFile."""
    try:
        header = file.readline().removeprefix("\ufeff")
        dialect = csv.excel_tab if "\t" in header else csv.excel
        names = [name.strip().casefold() for name in next(csv.reader([header], dialect), [])]
        if "url" not in names and not ({"source", "ats"} & {*names} and {"slug", "token"} & {*names}):
            raise BadFile(
                "expected a header line with a column url, or source and slug (and company or name), "
                f"got: {header.strip()[:100]!r}"
            )
        reader = csv.reader(file, dialect)
        for cells in reader:
            if any(cells):
                values = (cell.replace("\0", "").strip() for cell in cells)
                yield reader.line_num + 1, dict(zip(names, values, strict=False))
    except UnicodeDecodeError as error:
        raise BadFile(
            f"the file is not UTF-8 ({error.reason}); save it as UTF-8 and import it again"
        ) from None
    except csv.Error as error:
        raise BadFile(f"the file cannot be read as a table: {error}") from None


def import_rows(
    session: Session, rows: Iterable[Numbered], now: datetime, spread: timedelta = timedelta(0)
) -> Iterator[Line]:
    """Add the boards of the rows, and say line by line what became of each. Doing it again adds nothing.

    The first few hundred are due at once, the others come due evenly over `spread`.
    """
    due_times = first_visits(now, spread)
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield from _import_chunk(session, chunk, now, due_times)


def first_visits(now: datetime, spread: timedelta) -> Iterator[datetime]:
    """When the boards of an import are visited first, one after the other."""
    for number in count():
        late = 0.0 if number < AT_ONCE else (number - AT_ONCE + 1) * GOLDEN % 1
        yield now + spread * late


def _import_chunk(
    session: Session, chunk: Sequence[Numbered], now: datetime, due_times: Iterator[datetime]
) -> list[Line]:
    named: dict[int, NewBoard] = {}
    refused: dict[int, Line] = {}
    for number, row in chunk:
        try:
            named[number] = board_of(row)
        except NotABoard as error:
            refused[number] = Line(number, "not recognised", str(error), source_name(row))
    try:
        added = _add(session, named, now, due_times)
    except IntegrityError:  # another process added one of them meanwhile; now it is known
        session.rollback()
        added = _add(session, named, now, due_times)
    return [
        refused.get(number)
        or Line(
            number,
            "added" if number in added else "known",
            f"{named[number].source.name}:{named[number].token}",
            named[number].source.name,
        )
        for number, _ in chunk
    ]


def _add(
    session: Session, named: Mapping[int, NewBoard], now: datetime, due_times: Iterator[datetime]
) -> set[int]:
    """Add what is not known yet, each board once. Returns the numbers of the lines that added one."""
    begin_write(session)
    known = boards.known(session, [board.key for board in named.values()])
    fresh: dict[int, NewBoard] = {}
    for number, board in named.items():
        if board.key not in known:
            known.add(board.key)
            fresh[number] = board
    boards.add_many(session, list(fresh.values()), now, due_times)
    session.commit()
    return set(fresh)


def board_of(row: Row) -> NewBoard:
    """The board that a row names by source, slug (or token) and URL. Raises NotABoard."""
    source, token = _identify(row)
    name = row.get("company") or row.get("name") or row.get("slug") or token
    country = row.get("country", "").upper()
    company = NewCompany(name, country if len(country) == 2 else None, row.get("sector") or None)
    return NewBoard(source, token, company)


def source_name(row: Row) -> str:
    return row.get("source") or row.get("ats") or ""


def _identify(row: Row) -> tuple[Source, str]:
    """What the row says of its source counts before what the URL looks like."""
    url, slug, name = row.get("url", ""), row.get("slug") or row.get("token") or "", source_name(row)
    source = pasted.source_named(name)
    if source is not None:
        token = pasted.token_named(source, url) or pasted.token_named(source, slug)
        if token:
            return source, token
    found = pasted.identify(url) or pasted.identify(slug)
    if found is not None:
        return found
    if source is not None:
        told, form = (url or slug)[:SHOWN], next(iter(source.url_forms), source.name)
        what = f"does not know {told}" if told else "needs a url or a slug"
        raise NotABoard(f"{source.label} {what}; its addresses look like {form}")
    if name:
        raise NotABoard(f"there is no source {name[:SHOWN]!r} yet")
    raise NotABoard(f"no source knows {url[:SHOWN]}" if url else "no url")


def import_catalogue(
    session: Session, name: str, now: datetime, spread: timedelta = timedelta(0)
) -> list[Line]:
    """Import the catalogue the settings name: `starter`, a file, or none when empty."""
    if not name:
        return []
    if name == "starter":
        with (resources.files("backend") / "catalogue" / "starter.tsv").open(encoding="utf-8") as file:
            return list(import_rows(session, read_rows(file), now, spread))
    with Path(name).open(encoding="utf-8", newline="") as file:
        return list(import_rows(session, read_rows(file), now, spread))

"""Lists of boards: the starter catalogue, and files of thousands that an operator imports."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import IO, Literal

from sqlalchemy.orm import Session

from backend.models import begin_write
from backend.services import boards

CHUNK = 500  # rows of one transaction: a crawl in another process never waits long

Outcome = Literal["added", "known", "not recognised"]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one line of a file. `number` counts from 1, the header line included."""

    number: int
    outcome: Outcome
    text: str


class BadFile(ValueError):
    """The file has no column that names a board."""


def read_rows(file: IO[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers and rows of a TSV or CSV with a header. Raises BadFile."""
    header = file.readline()
    dialect = csv.excel_tab if "\t" in header else csv.excel
    names = [name.strip().casefold() for name in next(csv.reader([header], dialect), [])]
    if "url" not in names:
        raise BadFile(
            f"expected a header line with a column url (and company or name), got: {header.strip()[:100]!r}"
        )
    for number, cells in enumerate(csv.reader(file, dialect), start=2):
        if any(cells):
            yield number, dict(zip(names, (cell.strip() for cell in cells), strict=False))


def import_rows(
    session: Session, rows: Iterable[tuple[int, Mapping[str, str]]], now: datetime
) -> Iterator[Line]:
    """Add the boards of the rows, and say line by line what became of each. Doing it again adds nothing."""
    chunk: list[tuple[int, Mapping[str, str]]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _import_chunk(session, chunk, now)
            chunk = []
    yield from _import_chunk(session, chunk, now)


def _import_chunk(session: Session, chunk: list[tuple[int, Mapping[str, str]]], now: datetime) -> list[Line]:
    begin_write(session)
    lines = [_import_row(session, number, row, now) for number, row in chunk]
    session.commit()
    return lines


def _import_row(session: Session, number: int, row: Mapping[str, str], now: datetime) -> Line:
    url = row.get("url", "")
    try:
        source, token = boards.identify(url)
        boards.add(
            session,
            source,
            token,
            row.get("company") or row.get("name") or "",
            now,
            country=row.get("country") or None,
            sector=row.get("sector") or None,
        )
    except boards.NotRecognised as error:
        return Line(number, "not recognised", str(error) if url else "no url")
    except boards.BoardExists as error:
        return Line(number, "known", f"{error.board.source}:{error.board.token}")
    return Line(number, "added", f"{source.name}:{token}")


def import_catalogue(session: Session, name: str, now: datetime) -> list[Line]:
    """Import the catalogue the settings name: `starter`, a file, or none when empty."""
    if not name:
        return []
    if name == "starter":
        with (resources.files("backend") / "catalogue" / "starter.tsv").open(encoding="utf-8") as file:
            return list(import_rows(session, read_rows(file), now))
    with Path(name).open(encoding="utf-8", newline="") as file:
        return list(import_rows(session, read_rows(file), now))

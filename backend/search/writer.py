"""Writing the index: one process at a time follows the changes; a rebuild goes on beside it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self

import tantivy

from backend.search import generations
from backend.search.schema import Entry, Fields, IndexUnusable, as_stored, fields_of, prepare, schema

log = logging.getLogger(__name__)

HEAP = 40_000_000  # bytes; above about 15 MB it only makes fewer, larger segments
_REBUILD_HEAP = 100_000_000  # the fewer segments, the less is merged: a third of the work with 15 MB
_REBUILD_LOCK = "rebuild.lock"


class IndexWriter:
    """The index in use, open for writing. An entry replaces the one with the same id."""

    def __init__(self, directory: Path) -> None:
        """Raises IndexUnusable; also while another process writes."""
        self.directory = directory
        self.folder = generations.current_generation(directory)
        try:
            self._index = prepare(tantivy.Index(schema(), str(self.folder)))
            self._index.config_reader("Manual")
            self._writer = self._index.writer(HEAP, 1)
        except ValueError as error:
            raise IndexUnusable(
                f"the search index cannot be opened for writing: {_first_line(error)}"
            ) from None

    def apply(self, entries: Iterable[Entry]) -> None:
        """Raises IndexUnusable."""
        try:
            for fields in all_fields(entries):
                self._writer.delete_documents_by_term("id", fields["id"])
                self._writer.add_document(as_stored(fields))
        except ValueError as error:
            raise IndexUnusable(f"the search index cannot be written: {_first_line(error)}") from None

    def remove(self, ids: Iterable[int]) -> None:
        for listing_id in ids:
            self._writer.delete_documents_by_term("id", listing_id)

    def commit(self) -> None:
        """Make it findable. Raises IndexUnusable."""
        try:
            self._writer.commit()
            self._index.reload()
        except ValueError as error:
            raise IndexUnusable(f"the search index cannot be written: {_first_line(error)}") from None

    def save_position(self, position: datetime) -> None:
        """What was committed follows the database up to here."""
        generations.write_position(self.folder, position)

    def position(self) -> datetime | None:
        return generations.read_position(self.folder)

    def count(self) -> int:
        return self._index.searcher().num_docs

    def highest_id(self) -> int:
        result = self._index.searcher().search(tantivy.Query.all_query(), 1, False, order_by_field="id")
        return max((int(key) for key, _ in result.hits), default=0)

    def ids_between(self, low: int, high: int) -> set[int]:
        """The committed ids from `low` up to, not including, `high`."""
        asked = tantivy.Query.range_query(
            schema(), "id", tantivy.FieldType.Integer, low, high, include_upper=False
        )
        searcher = self._index.searcher()
        result = searcher.search(asked, high - low, False, order_by_field="id")
        return {int(key) for key, _ in result.hits}

    def is_current(self) -> bool:
        """False after a rebuild has put another index in this one's place."""
        try:
            return generations.current_generation(self.directory) == self.folder
        except IndexUnusable:
            return False

    def close(self) -> None:
        """Let go, so that another may write. What was not committed is forgotten."""
        with suppress(ValueError):
            self._writer.rollback()
        del self._writer, self._index

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def rebuild(directory: Path, listings: Iterable[Fields], position: datetime) -> int:
    """Fill a new index beside the one in use, then put it in its place. The number of listings.

    `position` is a moment before the first one was read. Raises AlreadyHeld if one is being built.
    """
    count = 0
    with generations.held(directory / _REBUILD_LOCK):
        _remove_leftovers(directory)
        folder = generations.new_generation(directory)
        try:
            index = _create(folder)
            writer = index.writer(_REBUILD_HEAP, 1)
            for fields in listings:
                writer.add_document(as_stored(fields))
                count += 1
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise IndexUnusable(f"a search index cannot be written: {_first_line(error)}") from None
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        generations.write_position(folder, position)
        generations.make_current(directory, folder)
    return count


def all_fields(entries: Iterable[Entry]) -> Iterator[Fields]:
    """A listing that breaks the analyser is left out and told in the log; it does not stop the others."""
    for entry in entries:
        try:
            fields = fields_of(entry)
        except Exception:
            log.exception("listing %d cannot be indexed", entry.id)
        else:
            yield fields


def _remove_leftovers(directory: Path) -> None:
    """What a killed rebuild left behind."""
    try:
        kept = generations.current_generation(directory)
    except IndexUnusable:
        kept = None
    generations.remove_others(directory, kept)


def _create(folder: Path) -> tantivy.Index:
    index = tantivy.Index(schema(), str(folder), sort_by_field="order", sort_order=tantivy.Order.Desc)
    return prepare(index)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300]

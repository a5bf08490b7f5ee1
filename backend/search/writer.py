"""Writing the index: one process at a time follows the changes; a rebuild goes on beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Self

import tantivy

from backend.search import generations
from backend.search.schema import Entry, IndexUnusable, as_stored, prepare, schema

HEAP = 40_000_000  # bytes; above about 15 MB it only makes fewer, larger segments
_REBUILD_LOCK = "rebuild.lock"


class IndexWriter:
    """The index in use, open for writing. An entry replaces the one with the same id."""

    def __init__(self, directory: Path) -> None:
        """Raises IndexUnusable; also while another process writes."""
        self.directory = directory
        self.folder = generations.current_generation(directory)
        self.position = generations.read_position(self.folder)
        try:
            self._index = _open(self.folder)
            self._index.searcher()
            self._writer = self._index.writer(HEAP, 1)
        except ValueError as error:
            raise IndexUnusable(
                f"the search index cannot be opened for writing: {_first_line(error)}"
            ) from None

    def apply(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._writer.delete_documents_by_term("id", entry.id)
            self._writer.add_document(as_stored(entry))

    def remove(self, ids: Iterable[int]) -> None:
        for listing_id in ids:
            self._writer.delete_documents_by_term("id", listing_id)

    def commit(self, position: datetime | None = None) -> None:
        """Make it findable. `position`: the index now follows the database up to here."""
        try:
            self._writer.commit()
        except ValueError as error:
            raise IndexUnusable(f"the search index cannot be written: {_first_line(error)}") from None
        if position is not None:
            generations.write_position(self.folder, position)
            self.position = position

    def is_current(self) -> bool:
        """False after a rebuild has put another index in this one's place."""
        try:
            return generations.current_generation(self.directory) == self.folder
        except IndexUnusable:
            return False

    def close(self) -> None:
        """Let go, so that another may write. What was not committed is forgotten."""
        self._writer.rollback()
        del self._writer, self._index

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def rebuild(directory: Path, entries: Iterable[Entry], position: datetime) -> int:
    """Fill a new index beside the one in use, then put it in its place. The number of entries.

    `position` is a moment before the first entry was read. Raises AlreadyHeld if one is being built.
    """
    count = 0
    with generations.held(directory / _REBUILD_LOCK):
        _remove_leftovers(directory)
        folder = generations.new_generation(directory)
        try:
            index = _create(folder)
            writer = index.writer(HEAP, 1)
            for count, entry in enumerate(entries, start=1):  # noqa: B007  (the count is given back)
                writer.add_document(as_stored(entry))
            writer.commit()
            writer.wait_merging_threads()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        generations.write_position(folder, position)
        generations.make_current(directory, folder)
    return count


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


def _open(folder: Path) -> tantivy.Index:
    return prepare(tantivy.Index(schema(), str(folder)))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300]

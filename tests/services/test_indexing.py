from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from backend.models import Listing
from backend.search.generations import AlreadyHeld, held
from backend.search.reader import SearchIndex
from backend.search.schema import IndexUnusable
from backend.search.writer import IndexWriter
from backend.services import rebuilding
from backend.services.indexing import Tail
from tests.services.searched import ids_found
from tests.services.stored import Shelf


@pytest.fixture
def directory(shelf: Shelf, tmp_path: Path) -> Path:
    """The folder of an index of one listing."""
    shelf.add(title="First")
    rebuilding.rebuild(shelf.session, tmp_path / "search")
    return tmp_path / "search"


@pytest.fixture
def tail(directory: Path) -> Iterator[Tail]:
    with IndexWriter(directory) as index:
        yield Tail.of(index)


def test_what_changes_is_indexed_once(shelf: Shelf, directory: Path, tail: Tail) -> None:
    tail.follow(shelf.session)
    new = shelf.add(title="Second", changed_at=shelf.now + timedelta(minutes=1))
    new_id = new.id
    assert tail.follow(shelf.session) == 1
    assert ids_found(directory, "second", shelf.now) == [new_id]
    assert tail.follow(shelf.session, thorough=True) == 0
    new.title, new.changed_at = "Renamed", shelf.now + timedelta(minutes=2)
    shelf.session.commit()
    assert tail.follow(shelf.session) == 1
    assert ids_found(directory, "second", shelf.now) == []
    assert ids_found(directory, "renamed", shelf.now) == [new_id]


def test_a_row_that_is_committed_late_is_not_missed(shelf: Shelf, directory: Path, tail: Tail) -> None:
    shelf.add(title="Quick", changed_at=shelf.now + timedelta(minutes=3))
    tail.follow(shelf.session)
    late = shelf.add(title="Late", changed_at=shelf.now + timedelta(minutes=1)).id
    assert tail.follow(shelf.session) == 1
    assert ids_found(directory, "late", shelf.now) == [late]


def test_a_new_process_goes_on_where_the_last_one_stopped(shelf: Shelf, directory: Path) -> None:
    with IndexWriter(directory) as index:
        shelf.add(title="Second", changed_at=shelf.now + timedelta(hours=1))
        Tail.of(index).follow(shelf.session)
    shelf.add(title="Third", changed_at=shelf.now + timedelta(hours=2))
    with IndexWriter(directory) as index:
        tail = Tail.of(index)
        assert tail.position == shelf.now + timedelta(hours=1)
        assert tail.follow(shelf.session) == 2
    assert SearchIndex(directory).count() == 3


def test_what_was_removed_or_missed_is_repaired(shelf: Shelf, directory: Path, tail: Tail) -> None:
    tail.follow(shelf.session)
    missed = shelf.add(title="Missed", changed_at=shelf.now - timedelta(days=1)).id
    missed_too = shelf.add(title="Missed too", changed_at=shelf.now - timedelta(days=1)).id
    assert tail.follow(shelf.session) == 0
    shelf.session.execute(delete(Listing).where(Listing.title == "First"))
    shelf.session.commit()
    assert tail.repair(shelf.session) == 3
    assert sorted(ids_found(directory, "", shelf.now)) == [missed, missed_too]
    assert tail.repair(shelf.session) == 0


def test_an_index_without_its_position_is_unusable(directory: Path) -> None:
    [position] = directory.glob("*/position")
    position.unlink()
    with IndexWriter(directory) as index, pytest.raises(IndexUnusable):
        Tail.of(index)


def test_a_writer_notices_that_it_was_replaced(shelf: Shelf, directory: Path) -> None:
    with IndexWriter(directory) as index:
        assert index.is_current()
        rebuilding.rebuild(shelf.session, directory)
        assert not index.is_current()


def test_two_rebuilds_do_not_run_at_once(shelf: Shelf, directory: Path) -> None:
    with held(directory / "rebuild.lock"), pytest.raises(AlreadyHeld):
        rebuilding.rebuild(shelf.session, directory)


def test_a_rebuild_that_fails_leaves_the_old_index(directory: Path, shelf: Shelf) -> None:
    shelf.session.connection().exec_driver_sql("DROP TABLE listing_texts")
    shelf.session.commit()
    with pytest.raises(Exception, match="listing_texts"):
        rebuilding.rebuild(shelf.session, directory)
    assert SearchIndex(directory).count() == 1
    assert len([path for path in directory.iterdir() if path.is_dir()]) == 1

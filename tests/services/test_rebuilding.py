"""A new index made by several processes side by side is that which one makes alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from backend.search.reader import SearchIndex
from backend.services import rebuilding
from tests.faults.system import wait_until
from tests.services.searched import ids_found
from tests.services.stored import Shelf

# A process that rebuilds, after it has begun another one: it says which, and never ends by itself.
BEGINS = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from backend.services.rebuilding import _begin
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin)
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(rebuilding, "_SPAN", 3)


def test_several_processes_index_what_one_does(shelf: Shelf, tmp_path: Path, several: None) -> None:
    for number in range(20):
        shelf.add(title=f"Engineers {number}", html=f"<p>Word{number % 4}</p>", salary_max=50_000 + number)
    assert rebuilding.rebuild(shelf.session, tmp_path / "one") == 20
    assert rebuilding.rebuild(shelf.session, tmp_path / "several", few=0) == 20
    for text in ("", "engineer", "word3", '"engineers 7"', "salary>=50010", "company:acme"):
        alone, together = (ids_found(tmp_path / name, text, shelf.now) for name in ("one", "several"))
        assert alone == together != []


def test_an_error_in_another_process_leaves_the_old_index(
    shelf: Shelf, tmp_path: Path, several: None
) -> None:
    shelf.add(title="First")
    rebuilding.rebuild(shelf.session, tmp_path)
    shelf.session.connection().exec_driver_sql("DROP TABLE listing_texts")
    shelf.session.commit()
    with pytest.raises(DBAPIError, match="listing_texts"):
        rebuilding.rebuild(shelf.session, tmp_path, few=0)
    assert SearchIndex(tmp_path).count() == 1


def test_processes_end_with_a_killed_one_that_began_them(tmp_path: Path) -> None:
    (tmp_path / "begins.py").write_text(BEGINS)
    begun = subprocess.Popen(
        [sys.executable, tmp_path / "begins.py"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert begun.stdout is not None
    try:
        other = int(begun.stdout.readline())
        assert lives(other)
    finally:
        begun.send_signal(signal.SIGKILL)
        begun.wait()
        begun.stdout.close()
    wait_until(lambda: not lives(other), 10, "the process to end with the one that began it")


def lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"

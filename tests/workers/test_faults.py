"""Truth under faults: whatever dies, every match is told, and in one message.

The long form is a benchmark: `python -m tests.benchmarks faults`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.system import free_ports
from tests.faults.databases import database
from tests.faults.run import Report, run
from tests.faults.system import Scale

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SHORT = Scale(trackers=60, events=400, kills=14, flushes=1, failures=1, seconds=35, boards=8, rematches=3)
TINY = Scale(
    trackers=20, events=60, kills=2, flushes=0, failures=0, seconds=6, boards=4, patience=60, rematches=1
)


def run_on(kind: str, folder: Path, scale: Scale, seed: int, *, unguarded: bool = False) -> Report:
    with database(kind, folder) as chosen:
        report = run(scale, chosen, folder, free_ports(1), seed, unguarded=unguarded)
    print(f"{chosen.name}\n{report}")
    return report


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whatever_dies_every_match_is_told_in_one_message(kind: str, tmp_path: Path) -> None:
    report = run_on(kind, tmp_path, SHORT, seed=5)
    assert not any(report.wrongs().values())
    assert report.verdict.expected > SHORT.events, "there was enough to tell"
    assert sum(report.faults.values()) >= SHORT.kills


def test_without_the_uniqueness_of_matches_the_oracle_finds_what_is_told_twice(tmp_path: Path) -> None:
    report = run_on("sqlite", tmp_path, TINY, seed=6, unguarded=True)
    assert report.verdict.doubled
    assert not report.verdict.holds

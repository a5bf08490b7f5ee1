"""What dies comes back, and nothing is lost or told twice."""

import pytest
import requests
from redis import Redis

from tests.e2e.system import System, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

HEAL_SECONDS = 90


def arrives(system: System, title: str) -> None:
    """A new opening with this title is found in the page and mailed, once."""
    until(lambda: system.get("/api/listings", q=f'"{title}"')["total"] == 1, HEAL_SECONDS, title)
    until(lambda: system.mails_with(title), HEAL_SECONDS, f"the mail of {title}")


def test_a_new_match_of_the_demo_tracker_is_mailed(system: System):
    system.publish(system.boards()[1]["slug"], "Engineer of Tides")
    arrives(system, "Engineer of Tides")


def test_each_process_that_is_killed_comes_back(system: System):
    victims = system.supervised()
    assert len(victims) >= 8
    for pid, process in victims.items():
        command = process.cmdline()
        process.kill()
        until(
            lambda pid=pid, command=command: any(
                other.pid != pid and other.cmdline() == command for other in system.supervised().values()
            ),
            HEAL_SECONDS,
            f"the return of {command}",
        )
    until(lambda: requests.get(f"{system.url}/readyz", timeout=2).ok, HEAL_SECONDS, "readiness")
    system.publish(system.boards()[2]["slug"], "Engineer of Storms")
    arrives(system, "Engineer of Storms")


def test_each_worker_that_is_killed_comes_back(system: System):
    workers = [
        child
        for process in system.supervised().values()
        for child in process.children()
        if "workers.worker" in " ".join(process.cmdline())
    ]
    assert workers
    for worker in workers:
        worker.kill()
    system.publish(system.boards()[3]["slug"], "Engineer of Reefs")
    arrives(system, "Engineer of Reefs")


def test_flushall_loses_nothing_and_tells_nothing_twice(system: System):
    redis = Redis(unix_socket_path=str(system.folder / "redis.sock"))
    for number in range(3):
        system.publish(system.boards()[4 + number]["slug"], f"Engineer of Flood {number}")
        redis.flushall()
    for number in range(3):
        arrives(system, f"Engineer of Flood {number}")
    for title in ("Tides", "Storms", "Reefs", "Flood 0", "Flood 1", "Flood 2"):
        ids = {mail["Message-ID"] for mail in system.mails_with(f"Engineer of {title}")}
        assert len(ids) == 1, title

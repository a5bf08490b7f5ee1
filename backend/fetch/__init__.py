"""HTTP out: politeness, limits, refusal of private addresses, replay, the simulator."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from redis import Redis
from requests.adapters import HTTPAdapter

from backend.fetch.addresses import AddressRefused, check_url, refusal
from backend.fetch.breaker import FIRST_PAUSE, LONGEST_PAUSE, Patience
from backend.fetch.fetcher import Fetcher, Limits
from backend.fetch.pace import Pace, retry_after_of
from backend.fetch.replay import ReplayAdapter, ReplayMissing
from backend.fetch.robots import RobotsRefused
from backend.fetch.transport import GuardedAdapter, SimulatorAdapter
from backend.settings import Settings

__all__ = [
    "AddressRefused",
    "Fetcher",
    "ReplayMissing",
    "RobotsRefused",
    "build_fetcher",
    "check_url",
    "refusal",
    "retry_after_of",
]


def build_fetcher(settings: Settings, redis: Redis) -> Fetcher:
    """The process's Fetcher. Raises ValueError for a HTTP_REPLAY or SIMULATOR_URL that cannot be used."""
    pace = None if settings.http_replay else Pace(redis, settings.host_pace, patience_of(settings))
    return Fetcher(_adapter(settings), pace, limits_of(settings), user_agent(settings.contact))


def limits_of(settings: Settings) -> Limits:
    return Limits(
        connect=settings.connect_timeout,
        read=settings.read_timeout,
        whole=settings.board_deadline,
        body=settings.max_body_mb * 2**20,
        feed=settings.max_feed_mb * 2**20,
        feed_whole=settings.feed_deadline,
    )


def patience_of(settings: Settings) -> Patience:
    """A host that fails is left alone for up to an hour, but not longer than a quiet board is anyway."""
    longest = min(LONGEST_PAUSE, float(settings.crawl_interval_max))
    return Patience(first=min(FIRST_PAUSE, longest), longest=longest)


def user_agent(contact: str) -> str:
    """Who asks, and where to complain. Letters that a header cannot hold are left out."""
    try:
        number = version("jobtracker")
    except PackageNotFoundError:  # run from a checkout that is not installed
        number = "0"
    readable = "".join(letter for letter in contact if letter.isascii() and letter.isprintable())
    return f"JobTracker/{number} (+{readable.strip()})"


def _adapter(settings: Settings) -> HTTPAdapter:
    if settings.http_replay and settings.simulator_url:
        raise ValueError("HTTP_REPLAY and SIMULATOR_URL are both set: unset one of them")
    if settings.http_replay:
        return ReplayAdapter(Path(settings.http_replay))
    if settings.simulator_url:
        return SimulatorAdapter(settings.crawl_threads, settings.simulator_url)
    return GuardedAdapter(settings.crawl_threads)

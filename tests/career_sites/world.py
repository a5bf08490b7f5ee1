"""A world of made-up boards: pure functions of a seed and of the seconds since its start.

Any number of processes that make the same World agree on every board at every moment. Changes made by
hand (`Board.record`) come in between, and are part of the world only where they were recorded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import inf
from random import Random

from tests.career_sites.company import Company, make_companies
from tests.career_sites.openings import (
    Opening,
    draw_opening,
    edited,
    external_id,
    repaid,
    replaced,
    retitled,
)

SOURCES = ("greenhouse", "lever", "ashby", "personio")
EPOCH = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
BY_HAND = 900_000
"""Openings published by hand are numbered from here; events of the seed leave those alone."""
OLDEST_DAYS = 90.0
CHANGES: dict[str, Callable[[Random, Opening], Opening]] = {
    "title": retitled,
    "salary": repaid,
    "place": replaced,
    "text": edited,
}
EVENTS = ("open", "close", "move", "reopen", *CHANGES)
EVENT_WEIGHTS = (34, 24, 6, 8, 7, 8, 8, 5)


@dataclass(slots=True)
class Life:
    """One opening of a board, open or not. Times are seconds since the start of the world."""

    opening: Opening
    opened_at: float
    changed_at: float
    closed_at: float | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Intervention:
    """A change by hand: the opening as it is from `at` on, or None for withdrawn."""

    at: float
    number: int
    opening: Opening | None


class Timeline:
    """A board from its start up to a moment that only moves forward."""

    def __init__(self, world: World, board: Board) -> None:
        self._world, self._board = world, board
        self._rng = Random(f"{world.seed}/{board.company.slug}/events")
        self._recorded = 0
        self.version = 0
        self.at = 0.0
        self.size = world.opening_count(board.company)
        self.lives: dict[int, Life] = {}
        for number in range(self.size):
            age = self._rng.uniform(0.02, OLDEST_DAYS) * 86_400
            opening = draw_opening(world.seed, board.company, number, -age)
            self.lives[number] = Life(opening, -age, -age)
        self._next_number = self.size
        self.next_event_at = self._pause()

    def _pause(self) -> float:
        rate = self._world.events_per_second / max(1, len(self._world.boards))
        return self.at + self._rng.expovariate(rate) if rate > 0 else inf

    def advance(self, to: float) -> None:
        interventions = self._board.interventions
        while True:
            recorded_at = interventions[self._recorded].at if self._recorded < len(interventions) else inf
            self.at = min(self.next_event_at, recorded_at)
            if self.at > to:
                self.at = to
                return
            if recorded_at <= self.next_event_at:
                self._apply(interventions[self._recorded])
                self._recorded += 1
            else:
                self._happen()
                self.next_event_at = self._pause()
            self.version += 1

    def _apply(self, intervention: Intervention) -> None:
        life = self.lives.get(intervention.number)
        if intervention.opening is None:
            if life:
                life.closed_at, life.by_hand = intervention.at, True
        elif life is None:
            self.lives[intervention.number] = Life(
                intervention.opening, intervention.at, intervention.at, by_hand=True
            )
        else:
            life.opening, life.changed_at, life.by_hand = intervention.opening, intervention.at, True

    def _happen(self) -> None:
        kind = self._rng.choices(EVENTS, EVENT_WEIGHTS)[0]
        free = [life for life in self.lives.values() if not life.by_hand]
        standing = [life for life in free if life.closed_at is None]
        closed = [life for life in free if life.closed_at is not None][-20:]
        if len(standing) < max(1, self.size * 0.7):
            kind = "open"
        elif kind == "open" and len(standing) > self.size * 1.3 + 1:
            kind = "close"
        elif kind == "reopen" and not closed:
            kind = "open"
        if kind == "open":
            self._open(draw_opening(self._world.seed, self._board.company, self._next_number, self.at))
        elif kind == "reopen":
            self._rng.choice(closed).closed_at = None
        else:
            self._touch(kind, self._rng.choice(standing))

    def _open(self, opening: Opening) -> None:
        self.lives[opening.number] = Life(opening, self.at, self.at)
        self._next_number = opening.number + 1

    def _touch(self, kind: str, life: Life) -> None:
        if kind in CHANGES:
            changed = CHANGES[kind](self._rng, life.opening)
            life.opening = replace(changed, updated_at=self.at)
            life.changed_at = self.at
            return
        life.closed_at = self.at
        if kind == "move":  # taken down, and posted again under another id with the same text
            company, number = self._board.company, self._next_number
            identity = external_id(self._world.seed, company, number)
            moved = replace(life.opening, number=number, external_id=identity, updated_at=self.at)
            self._open(replace(moved, posted_at=self.at))


@dataclass(slots=True)
class Board:
    """One company's board. Its timeline is made when needed and may be forgotten in between."""

    world: World
    company: Company
    interventions: list[Intervention] = field(default_factory=list)
    timeline: Timeline | None = None
    _known: tuple[float, float, int] = (inf, -inf, 0)

    def _at(self, t: float) -> Timeline:
        timeline = self.timeline
        if timeline is None or timeline.at > t:
            self.timeline = timeline = Timeline(self.world, self)
        timeline.advance(t)
        self._known = (timeline.at, timeline.next_event_at, timeline.version)
        self.world.remember(self)
        return timeline

    def version_at(self, t: float) -> int:
        """Goes up with each change: what a validator may be made of. Cheap while nothing happens."""
        since, until, version = self._known
        return version if since <= t < until else self._at(t).version

    def listings_at(self, t: float) -> list[Opening]:
        """What the board shows, in the order of its numbers."""
        return [life.opening for life in self.lives_at(t) if life.closed_at is None]

    def lives_at(self, t: float) -> list[Life]:
        return [replace(life) for life in self._at(t).lives.values()]

    def record(self, intervention: Intervention) -> None:
        """A change by hand, not earlier than the ones before it."""
        self.interventions.append(intervention)
        self._known = (inf, -inf, 0)


class World:
    """`rate` is events per minute over all boards (0: none); `spread` 0 makes all boards equally long."""

    def __init__(
        self,
        seed: int = 1,
        companies: int = 48,
        listings_per_board: float = 30,
        rate: float = 0.0,
        sources: Sequence[str] = SOURCES,
        spread: float = 0.35,
        epoch: datetime = EPOCH,
        remembered: int = 1_000,
    ) -> None:
        self.seed, self.epoch, self.spread, self.remembered = seed, epoch, spread, remembered
        self.listings_per_board = listings_per_board
        self.events_per_second = rate / 60
        self._recent: OrderedDict[str, Board] = OrderedDict()
        made = make_companies(seed, companies, sources)
        self.boards: dict[str, Board] = {company.slug: Board(self, company) for company in made}
        self._by_token = {
            (board.company.source, board.company.token): board for board in self.boards.values()
        }

    def board(self, slug: str) -> Board:
        return self.boards[slug]

    def find(self, source: str, token: str) -> Board | None:
        return self._by_token.get((source, token))

    def __iter__(self) -> Iterator[Board]:
        return iter(self.boards.values())

    def opening_count(self, company: Company) -> int:
        """How many openings a board starts with: log-normal around the mean."""
        rng = Random(f"{self.seed}/{company.slug}/size")
        factor = rng.lognormvariate(-(self.spread**2) / 2, self.spread) if self.spread else 1.0
        return max(1, round(self.listings_per_board * factor))

    def instant(self, t: float) -> datetime:
        return self.epoch + timedelta(seconds=t)

    def remember(self, board: Board) -> None:
        """Keeps the timelines of the boards asked last; the others are made anew when they are asked for."""
        slug = board.company.slug
        self._recent[slug] = board
        self._recent.move_to_end(slug)
        if len(self._recent) > self.remembered:
            _, forgotten = self._recent.popitem(last=False)
            forgotten.timeline = None

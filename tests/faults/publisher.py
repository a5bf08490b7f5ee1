"""What happens on the simulated boards, and a record of it: all that the oracle knows of the world."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import requests

from tests.faults.searches import CITIES, Saying, Theme, elsewhere, some_saying, with_more

SHARES = {"publish": 70, "place": 8, "change": 15, "withdraw": 7}
RECENT = 10  # so many listings were published last: some of them have not been crawled yet


@dataclass(slots=True)
class Published:
    """A listing on a board. `stock` was there before any tracker; `role` is one for all places of a role."""

    board: str
    identity: str
    url: str
    role: int
    stock: bool
    sayings: list[Saying]
    withdrawn: bool = False


@dataclass(slots=True)
class Publisher:
    """Makes listings appear, change and go by the simulator's own controls.

    A role in several places stays as it is: else it could be said in two ways what is to be told of it.
    """

    simulator: str
    dice: Random
    themes: list[Theme]
    boards: list[str]
    published: list[Published] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    http: requests.Session = field(default_factory=requests.Session)
    roles: dict[int, list[Published]] = field(default_factory=dict)

    def stock(self) -> None:
        """A listing for each board, for its first crawl to find."""
        for board in self.boards:
            self._publish(board, self._new_saying(), len(self.roles), stock=True)

    def event(self) -> None:
        kind = self.dice.choices(list(SHARES), list(SHARES.values()))[0]
        {"publish": self.publish, "place": self.place, "change": self.change, "withdraw": self.withdraw}[
            kind
        ]()

    def publish(self) -> None:
        self._publish(self.dice.choice(self.boards), self._new_saying(), len(self.roles))
        self.counts["published"] += 1

    def place(self) -> None:
        """The same role in one more city, as a listing of its own."""
        first = self._some(
            lambda one: not one.stock and len(one.sayings) == 1 and len(self.roles[one.role]) < len(CITIES)
        )
        if first is None:
            return self.publish()
        taken = [one.sayings[0].city for one in self.roles[first.role]]
        self._publish(first.board, elsewhere(self.dice, first.sayings[0], taken), first.role)
        self.counts["in one more place"] += 1
        return None

    def change(self) -> None:
        listing = self._some(lambda one: len(self.roles[one.role]) == 1 and len(one.sayings) < 3)
        if listing is None:
            return self.publish()
        saying = with_more(self.dice, self.themes, listing.sayings[-1])
        self._ask("PATCH", listing.board, listing.identity, {"description": saying.html})
        listing.sayings.append(saying)
        self.counts["changed"] += 1
        return None

    def withdraw(self) -> None:
        listing = self._some(lambda one: len(self.roles[one.role]) == 1)
        if listing is None:
            return self.publish()
        self._ask("DELETE", listing.board, listing.identity, {})
        listing.withdrawn = True
        self.counts["withdrawn"] += 1
        return None

    def _new_saying(self) -> Saying:
        return some_saying(self.dice, self.themes, len(self.roles))

    def _some(self, fits: Callable[[Published], bool]) -> Published | None:
        """A listing that is shown, and that fits, any or a recent one; none if a few draws find none."""
        for _ in range(20):
            one = self.dice.choice(self.dice.choice((self.published, self.published[-RECENT:])))
            if not one.withdrawn and fits(one):
                return one
        return None

    def _publish(self, board: str, saying: Saying, role: int, *, stock: bool = False) -> None:
        fields = {"title": " ".join(saying.title), "description": saying.html, "location": saying.city}
        made = self._ask("POST", board, "", fields)
        listing = Published(board, made["external_id"], made["url"], role, stock, [saying])
        self.published.append(listing)
        self.roles.setdefault(role, []).append(listing)

    def _ask(self, method: str, board: str, identity: str, fields: dict[str, str]) -> dict[str, str]:
        url = f"{self.simulator}/_control/boards/{board}/listings" + (f"/{identity}" if identity else "")
        answer = self.http.request(method, url, json=fields, timeout=60)
        answer.raise_for_status()
        made: dict[str, str] = answer.json()
        return made

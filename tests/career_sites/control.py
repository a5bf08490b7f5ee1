"""`/_control/…`: what tests use to look behind the scenes and to make things happen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.career_sites import by_hand
from tests.career_sites.answer import Answer
from tests.career_sites.faults import KINDS, Fault
from tests.career_sites.formats.common import board_url, listing_url
from tests.career_sites.journal import Journal
from tests.career_sites.openings import Opening
from tests.career_sites.phrases import SECTORS
from tests.career_sites.site import Sites
from tests.career_sites.world import Board, Life

JSON = dict[str, Any]


def board_row(board: Board) -> JSON:
    company = board.company
    return {
        "slug": company.slug,
        "company": company.name,
        "source": company.source,
        "token": company.token,
        "url": board_url(company),
        "country": company.country,
        "sector": SECTORS[company.sector]["label"],
    }


class Control:
    def __init__(self, sites: Sites, journal: Journal) -> None:
        self.sites, self.journal = sites, journal
        for entry in journal.entries():
            self._replay(entry)

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        parts = urlsplit(target)
        path = [unquote(part) for part in parts.path.split("/")[2:] if part]
        try:
            data = json.loads(body) if body.strip() else {}
            if not isinstance(data, dict):
                raise by_hand.BadRequest("the body is to be a JSON object")
            status, result = self._route(
                method, path, data, {k: v[0] for k, v in parse_qs(parts.query).items()}
            )
        except LookupError as error:
            status, result = 404, {"error": str(error.args[0])}
        except (ValueError, TypeError) as error:
            status, result = 422, {"error": str(error)}
        return Answer(status, json.dumps(result, ensure_ascii=False).encode())

    def _route(self, method: str, path: list[str], data: JSON, query: dict[str, str]) -> tuple[int, Any]:
        match method, path:
            case "GET", ["health"]:
                return 200, {"boards": len(self.sites.world.boards), "elapsed": self.sites.clock.now()}
            case "GET", ["boards"]:
                return 200, [board_row(board) for board in self.sites.world]
            case "GET", ["ledger"]:
                return 200, self.ledger(query.get("board"), query.get("open"))
            case "GET", ["counts"]:
                return 200, self._counts()
            case "DELETE", ["counts"]:
                self.sites.counts.clear()
                return 200, {}
            case "POST", ["heal"]:
                self.sites.faults.clear()
                return 200, {}
            case "POST", ["clock"]:
                return 200, self._set_clock(data)
            case "POST", ["boards", slug, "misbehave"]:
                return 200, self._misbehave(self._board(slug), data)
            case "POST", ["boards", slug, "heal"]:
                self.sites.faults.pop(self._board(slug).company.slug, None)
                return 200, {}
            case "POST", ["boards", slug, "listings"]:
                return 201, self._by_hand("publish", slug, "", data)
            case "PATCH", ["boards", slug, "listings", identity]:
                return 200, self._by_hand("change", slug, identity, data)
            case "DELETE", ["boards", slug, "listings", identity]:
                return 200, self._by_hand("withdraw", slug, identity, {})
        raise LookupError(f"{method} /_control/{'/'.join(path)} is not known")

    def _board(self, slug: str) -> Board:
        board = self.sites.world.boards.get(slug)
        if board is None:
            raise LookupError(f"there is no board {slug}")
        return board

    def _by_hand(self, deed: str, slug: str, identity: str, data: JSON) -> JSON:
        at = self.sites.clock.now()
        board = self._board(slug)
        opening = _do(deed, board, identity, data, at)
        self.journal.write({"at": at, "deed": deed, "board": slug, "listing": identity, "fields": data})
        return {
            "external_id": opening.external_id,
            "url": listing_url(board.company, opening),
            "title": opening.title,
        }

    def _replay(self, entry: JSON) -> None:
        if "clock" in entry:
            self.sites.clock.ahead = entry["clock"]["ahead"]
            self.sites.clock.stopped_at = entry["clock"]["stopped_at"]
        board = self.sites.world.boards.get(entry.get("board", ""))
        if board is not None:
            _do(entry["deed"], board, entry["listing"], entry["fields"], entry["at"])

    def _set_clock(self, data: JSON) -> JSON:
        clock = self.sites.clock
        if "advance" in data:
            clock.advance(max(0.0, float(data["advance"])))
        if "running" in data:
            (clock.go if data["running"] else clock.stop)()
        state = {"ahead": clock.ahead, "stopped_at": clock.stopped_at}
        self.journal.write({"clock": state})
        return {"elapsed": clock.now(), "running": clock.stopped_at is None}

    def _misbehave(self, board: Board, data: JSON) -> JSON:
        kind, times = str(data.pop("kind", "")), data.pop("times", None)
        if kind not in KINDS:
            raise by_hand.BadRequest(f"kind: one of {', '.join(sorted(KINDS))}")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise by_hand.BadRequest("times: a number from 1, or null for until healed")
        self.sites.faults[board.company.slug] = fault = Fault(kind, times, data)
        return asdict(fault)

    def _counts(self) -> JSON:
        total: Counter[str] = Counter()
        for counter in self.sites.counts.values():
            total.update(counter)
        return {
            "total": sum(total.values()),
            "by_status": dict(total),
            "not_modified": total["304"],
            "boards": {slug: dict(counter) for slug, counter in self.sites.counts.items()},
        }

    def ledger(self, only: str | None = None, standing: str | None = None) -> list[JSON]:
        """All that was ever published, open or closed, as of now."""
        boards = [self._board(only)] if only else list(self.sites.world)
        now = self.sites.clock.now()
        lives = ((board, life) for board in boards for life in board.lives_at(now))
        wanted = {"1": (True,), "0": (False,)}.get(standing or "", (True, False))
        return [self._ledger_row(board, life) for board, life in lives if (life.closed_at is None) in wanted]

    def _ledger_row(self, board: Board, life: Life) -> JSON:
        def moment(t: float | None) -> str | None:
            if t is None:
                return None
            return self.sites.world.instant(t).isoformat(timespec="milliseconds").replace("+00:00", "Z")

        opening: Opening = life.opening
        return {
            "board": board.company.slug,
            "source": board.company.source,
            "token": board.company.token,
            "company": board.company.name,
            "external_id": opening.external_id,
            "title": opening.title,
            "url": listing_url(board.company, opening),
            "locations": [place.city for place in opening.places],
            "salary": opening.pay and asdict(opening.pay),
            "posted_at": moment(opening.posted_at),
            "opened_at": moment(life.opened_at),
            "changed_at": moment(life.changed_at),
            "closed_at": moment(life.closed_at),
            "by_hand": life.by_hand,
        }


def _do(deed: str, board: Board, identity: str, fields: JSON, at: float) -> Opening:
    deeds: dict[str, Callable[[], Opening]] = {
        "publish": lambda: by_hand.publish(board, fields, at),
        "change": lambda: by_hand.change(board, identity, fields, at),
        "withdraw": lambda: by_hand.withdraw(board, identity, at),
    }
    return deeds[deed]()

"""All the careers sites together: a request in, an answer out, without any network."""

from __future__ import annotations

import gzip
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import md5
from multiprocessing import get_context
from os import cpu_count
from random import Random
from urllib.parse import urlsplit

from tests.career_sites.answer import Answer
from tests.career_sites.clock import Clock
from tests.career_sites.faults import HTML, LOGIN_FORM, Fault, spoiled
from tests.career_sites.formats.common import View
from tests.career_sites.sites import (
    Asked,
    board_page,
    content_type,
    detail_body,
    list_body,
    listing_page,
    locate,
    page,
    unknown,
)
from tests.career_sites.world import Board, World

Headers = Mapping[str, str]
USUAL = {
    "greenhouse": {"content": "true"},
    "lever": {"mode": "json"},
    "ashby": {"includeCompensation": "true"},
    "personio": {"language": "en"},
}
"""What the list of a source is asked with."""
BOARDS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    etag: str
    packed: bytes


class Sites:
    """Answers are packed once and kept until their board changes, up to `kept_bytes` in all."""

    def __init__(
        self, world: World, clock: Clock, etag_share: float = 0.5, kept_bytes: int = 256_000_000
    ) -> None:
        self.world, self.clock, self.etag_share = world, clock, etag_share
        self.faults: dict[str, Fault] = {}
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._kept_bytes, self._room = 0, kept_bytes
        self._tagged = {
            slug for slug in world.boards if Random(f"{world.seed}/{slug}/etag").random() < etag_share
        }

    def answer(self, method: str, url: str, headers: Headers) -> Answer:
        """`url` is the original one, as the real service would get it."""
        found = self._answer(method, url, headers)
        self.counts[found.board or "(unknown)"][str(found.status)] += 1
        return found

    def _answer(self, method: str, url: str, headers: Headers) -> Answer:
        asked = locate(url)
        if asked is None:
            if urlsplit(url).path == "/login":
                return Answer(200, page("Log in to continue", LOGIN_FORM), HTML)
            return Answer(404, page("No such site", "<p>Nothing is simulated at this address.</p>"), HTML)
        board = self.world.find(asked.source, asked.token)
        if board is None:
            kind, body = unknown(asked.source)
            return Answer(404, body, kind)
        if method not in ("GET", "HEAD"):
            return Answer(405, b"", HTML, (("Allow", "GET"),), board=board.company.slug)
        answer = self._board_answer(board, asked, url, headers)
        answer.board = board.company.slug
        return answer

    def _board_answer(self, board: Board, asked: Asked, url: str, headers: Headers) -> Answer:
        fault = self._fault(board, asked)
        if fault is not None:
            return self._spoiled(fault, board, asked, url)
        if asked.what == "list":
            return self._list(board, asked, headers)
        view = self._view(board)
        if asked.what == "page":
            return Answer(200, board_page(view), HTML)
        if asked.what == "name":
            return Answer(200, b'{"name":"%s","content":""}' % board.company.name.encode())
        opening = next((one for one in view.openings if one.external_id == asked.listing), None)
        if opening is None:
            kind, body = unknown(asked.source if asked.is_api else "")
            return Answer(404, body, kind)
        if asked.what == "detail":
            return Answer(200, detail_body(view, opening))
        return Answer(200, listing_page(board.company, opening), HTML)

    def _view(self, board: Board) -> View:
        return View(board.company, board.listings_at(self.clock.now()), self.world.epoch)

    def _list(self, board: Board, asked: Asked, headers: Headers) -> Answer:
        kept = self._packed(board, asked)
        tagged = board.company.slug in self._tagged
        extra = (("ETag", kept.etag), ("Vary", "Accept-Encoding")) if tagged else ()
        kind = content_type(asked.source)
        if tagged and kept.etag in headers.get("if-none-match", ""):
            return Answer(304, b"", kind, extra)
        if "gzip" in headers.get("accept-encoding", ""):
            return Answer(200, kept.packed, kind, extra, "gzip")
        return Answer(200, gzip.decompress(kept.packed), kind, extra)

    def _packed(self, board: Board, asked: Asked) -> _Kept:
        slug = board.company.slug
        version = board.version_at(self.clock.now())
        key = (slug, *(f"{name}={value}" for name, value in sorted(asked.query.items()) if name != "hop"))
        kept = self._kept.get(key)
        if kept is not None and kept.version == version:
            self._kept.move_to_end(key)
            return kept
        packed = gzip.compress(list_body(self._view(board), asked.query), 1, mtime=0)
        state = f"{self.world.seed}/{self.world.epoch.isoformat()}/{version}/{'/'.join(key)}"
        etag = f'W/"{md5(state.encode(), usedforsecurity=False).hexdigest()}"'
        self._keep(key, made := _Kept(version, etag, packed))
        return made

    def _keep(self, key: tuple[str, ...], made: _Kept) -> None:
        old = self._kept.pop(key, None)
        self._kept[key] = made
        self._kept_bytes += len(made.packed) - (len(old.packed) if old else 0)
        while self._kept_bytes > self._room and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped.packed)

    def _fault(self, board: Board, asked: Asked) -> Fault | None:
        fault = self.faults.get(board.company.slug)
        if fault is None or not asked.is_api:
            return None
        if "hop" in asked.query:  # the later steps of a redirect loop are not requests of their own
            return fault
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                del self.faults[board.company.slug]
        return fault

    def _spoiled(self, fault: Fault, board: Board, asked: Asked, url: str) -> Answer:
        view = self._view(board)
        few = view.openings[: len(view.openings) // 5]
        query, company = asked.query, board.company
        good = Answer(200, list_body(view, query), content_type(asked.source))
        empty, shrunk = (list_body(View(company, part, view.epoch), query) for part in ([], few))
        return spoiled(fault, url, good, empty, shrunk)

    def warm(self) -> None:
        """Makes the list answers beforehand, so that a benchmark does not measure the simulator.

        All of them are kept, however many bytes they are. Uses all cores for so long.
        """
        slugs = list(self.world.boards)
        groups = [slugs[start : start + BOARDS_AT_ONCE] for start in range(0, len(slugs), BOARDS_AT_ONCE)]
        kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        with ProcessPoolExecutor(cpu_count(), get_context("fork"), _adopt, (self,)) as pool:
            for made in pool.map(_made, groups):
                kept.update(made)
        for board in self.world:
            board.version_at(self.clock.now())
        self._kept, self._kept_bytes = kept, sum(len(one.packed) for one in kept.values())
        self._room = max(self._room, 2 * self._kept_bytes)

    def made(self, slugs: Sequence[str]) -> Mapping[tuple[str, ...], _Kept]:
        """The list answers of these boards and of no other."""
        self._kept.clear()
        for slug in slugs:
            board = self.world.board(slug)
            source = board.company.source
            self._packed(board, Asked(source, board.company.token, "list", query=USUAL[source]))
        return dict(self._kept)


_adopted: Sites
"""Those of the process that this one was forked from."""


def _adopt(sites: Sites) -> None:
    global _adopted
    _adopted = sites


def _made(slugs: Sequence[str]) -> Mapping[tuple[str, ...], _Kept]:
    return _adopted.made(slugs)

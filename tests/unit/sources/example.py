"""One sample: a handmade list answer with the request it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from backend.sources.base import Page, Request, Response, Source
from backend.sources.registry import source

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Example:
    name: str  # the source's name
    file: str
    url: str
    count: int
    method: str = "GET"
    request_body: bytes | None = None
    # for JSON answers: where the list stands in them, what a row's posting is wrapped in, and what rows need
    path: tuple[str | int, ...] | None = None
    inside: str | None = None
    keys: tuple[str, ...] = ("id", "title")
    # a list that never says that it holds everything
    partial: bool = False
    # a row without its title is no posting, and no error
    untitled: bool = False
    # statuses beside 200 that the source takes for an answer
    fine: tuple[int, ...] = ()
    # a board that answers 404 here is asked elsewhere first
    asks_on: bool = False
    # for web pages: the page of a board without openings
    empty: str | None = None
    # the board's own page is on a host that only a table of boards can tell apart
    own_host: bool = False

    @property
    def kind(self) -> str:
        start = self.body.lstrip()[:300]
        return (
            "json"
            if start[:1] in b"[{"
            else "page"
            if re.search(rb"(?i)<html|<!doctype html", start)
            else "xml"
        )

    @property
    def source(self) -> Source:
        return source(self.name)

    @property
    def body(self) -> bytes:
        return (SAMPLES / self.file).read_bytes()

    def answer(self, body: bytes | None = None, status: int = 200, **headers: str) -> Response:
        """An answer to this example's request; its own body unless another is given."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self.url, self.method, body=self.request_body)
        return Response(status, self.body if body is None else body, names, request, self.url)

    def page(self) -> Page:
        return self.source.parse(self.answer())

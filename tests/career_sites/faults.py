"""Misbehaviour on request: what a board answers instead of the truth."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.career_sites.answer import Answer, Wire
from tests.career_sites.sites import page

HTML = "text/html; charset=utf-8"
DTD = b"""<?xml version="1.0"?>
<!DOCTYPE workzag-jobs [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<workzag-jobs><position><id>1</id><name>&b;</name></position></workzag-jobs>
"""
LOGIN_FORM = (
    '<form method="post" action="/login"><input name="email"><input name="password" type="password"></form>'
)


@dataclass(slots=True)
class Fault:
    """`times` is how many requests it spoils still; None is until healed. `options` depend on the kind."""

    kind: str
    times: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def spoiled(fault: Fault, url: str, good: Answer, empty: bytes, shrunk: bytes) -> Answer:
    """The answer under a fault. `good` is the true one, unpacked; `empty` and `shrunk` are valid lists."""
    answer = KINDS[fault.kind](fault, url, good)
    if fault.kind == "empty":
        answer.body = empty
    elif fault.kind == "shrunk":
        answer.body = shrunk
    return answer


def _status(status: int, words: str) -> Callable[[Fault, str, Answer], Answer]:
    def answer(fault: Fault, url: str, good: Answer) -> Answer:
        after = fault.options.get("retry_after")
        headers = () if after is None else (("Retry-After", str(after)),)
        return Answer(status, page(words, ""), HTML, headers)

    return answer


def _true(fault: Fault, url: str, good: Answer) -> Answer:
    return Answer(200, good.body, good.content_type)


def _on_wire(wire: Wire) -> Callable[[Fault, str, Answer], Answer]:
    def answer(fault: Fault, url: str, good: Answer) -> Answer:
        pause = float(fault.options.get("pause", 0.5))
        return Answer(200, good.body, good.content_type, wire=wire, pause=pause)

    return answer


def _half(fault: Fault, url: str, good: Answer) -> Answer:
    return Answer(200, good.body[: len(good.body) // 2], good.content_type)


def _html(title: str, body: str) -> Callable[[Fault, str, Answer], Answer]:
    return lambda fault, url, good: Answer(200, page(title, body), HTML)


def _login_redirect(fault: Fault, url: str, good: Answer) -> Answer:
    """`/login` is served by the site itself: a page with a form, status 200."""
    return Answer(302, b"", HTML, (("Location", f"https://{urlsplit(url).netloc}/login"),))


def _redirect_loop(fault: Fault, url: str, good: Answer) -> Answer:
    base, _, hop = url.partition("hop=")
    separator = "" if hop else "&" if "?" in base else "?"
    return Answer(302, b"", HTML, (("Location", f"{base}{separator}hop={int(hop or 0) + 1}"),))


def _redirect_private(fault: Fault, url: str, good: Answer) -> Answer:
    target = str(fault.options.get("location", "http://169.254.169.254/latest/meta-data/"))
    return Answer(302, b"", HTML, (("Location", target),))


def _bomb(fault: Fault, url: str, good: Answer) -> Answer:
    """A gigabyte of blanks in about a megabyte."""
    member = gzip.compress(b" " * 10_000_000, 9, mtime=0)
    return Answer(200, member * 100, good.content_type, encoding="gzip")


def _wrong_types(fault: Fault, url: str, good: Answer) -> Answer:
    """The envelope is right; in the first listing the title is a number, and the identity a list."""
    if good.content_type.startswith("text/xml"):
        return Answer(
            200, good.body.replace(b"<id>", b"<id><x/>", 1).replace(b"<name>", b"<nom>"), good.content_type
        )
    data = json.loads(good.body)
    rows = data if isinstance(data, list) else data.get("jobs", [])
    for row in rows[:1]:
        row.update({"id": [row["id"]], "title": 42, "text": 42})
    return Answer(200, json.dumps(data).encode(), good.content_type)


def _other_shape(fault: Fault, url: str, good: Answer) -> Answer:
    if good.content_type.startswith("text/xml"):
        return Answer(200, good.body.replace(b"workzag-jobs", b"jobs-v2"), good.content_type)
    return Answer(200, b'{"data":{"results":[]},"version":2}', good.content_type)


def _raw(body: bytes, content_type: str | None = None) -> Callable[[Fault, str, Answer], Answer]:
    return lambda fault, url, good: Answer(200, body, content_type or good.content_type)


KINDS: dict[str, Callable[[Fault, str, Answer], Answer]] = {
    "429": _status(429, "Too many requests"),
    "500": _status(500, "Something went wrong"),
    "503": _status(503, "Down for maintenance"),
    "403": _status(403, "Access denied"),
    "gone": _status(404, "Not found"),
    "410": _status(410, "Gone"),
    "timeout": _on_wire(Wire.HANG),
    "reset": _on_wire(Wire.RESET),
    "truncated": _on_wire(Wire.CUT),
    "half": _half,
    "slow": _on_wire(Wire.DRIP),
    "endless": _on_wire(Wire.ENDLESS),
    "bomb": _bomb,
    "empty": _true,
    "shrunk": _true,
    "empty_body": _raw(b""),
    "login": _html("Log in to continue", LOGIN_FORM),
    "login_redirect": _login_redirect,
    "html": _html("We are back soon", "<p>Our site is being looked after.</p>"),
    "redirect_loop": _redirect_loop,
    "redirect_private": _redirect_private,
    "wrong_types": _wrong_types,
    "other_shape": _other_shape,
    "not_json": _raw(b"jobs: none of your business\n"),
    "dtd": _raw(DTD, "text/xml; charset=UTF-8"),
}

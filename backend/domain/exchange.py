"""What is asked of a careers endpoint and what it answers: the values that sources and fetch share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import quote, quote_plus


class SourceError(Exception):
    """A board could not be read. The message says what happened, to what, in words for an operator."""


class SourceUnavailable(SourceError):
    """The endpoint did not answer as asked (403, 429, 5xx, a log-in page): try later, close nothing.

    `retry_after` is in seconds, where the endpoint named it.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Postponed(SourceUnavailable):
    """The endpoint was not asked: its host is on hold or has no turn left. No failure of the board."""


class HostFails(Postponed):
    """The endpoint was not asked: its host failed again and again. Its boards count as failing."""


class SourceChanged(SourceError):
    """The answer has another shape than the one this source knows. The message names the field."""


class SourceGone(SourceError):
    """The endpoint says that the board does not exist (404, 410)."""


def hide_secrets(error: SourceError, secrets: Iterable[str]) -> None:
    """Take secrets out of an error's message: some endpoints want theirs in the address."""
    text = str(error)
    for secret in secrets:
        for written in (secret, quote_plus(secret), quote(secret, safe="")):
            text = text.replace(written, "***") if written else text
    error.args = (text,)


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `memo` is never sent: it is what the source needs to remember when it reads the answer."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    memo: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as `fetch` hands it on: the body is already unpacked; header names are lower case.

    `request` is what was asked (its URL holds the host and token that many answers leave out); `url` is
    where the answer came from after redirects. `file` is set where the body is too long for memory: it holds
    all of it, and `body` only the beginning.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    request: Request = Request("")
    url: str = ""
    file: BinaryIO | None = None

    def json(self) -> Any:
        """The body as JSON. Raises SourceChanged for HTML, truncated JSON, NaN, or too deep nesting."""
        try:
            return json.loads(self.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            start = self.body[:60].decode("utf-8", "replace").strip()
            kind = "an HTML page" if start.startswith("<") else "text that is not JSON"
            where = self.request.url or "the answer"
            raise SourceChanged(f"{where}: expected JSON, got {kind} ({error})") from None

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")

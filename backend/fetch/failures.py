"""What went wrong on the wire, in words for an operator."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError, ReadTimeoutError

BROKEN = (RemoteDisconnected, ConnectionResetError, BrokenPipeError)


def broken_before_answer(error: BaseException) -> bool:
    """Whether the connection was closed before the first byte of an answer."""
    return any(isinstance(cause, BROKEN) for cause in causes_of(error))


def what_happened(error: Exception, host: str, begun: float, due: float) -> str:
    """The words that follow the URL. `begun` and `due` are time.monotonic values."""
    causes = list(causes_of(error))

    def among(*kinds: type[BaseException]) -> BaseException | None:
        return next((cause for cause in causes if isinstance(cause, kinds)), None)

    # Kinds of ConnectTimeoutError to urllib3, whatever the reason: so they come first.
    if among(NameResolutionError):
        return f"the name {host} was not found: it does not exist, or there is no network"
    if among(NewConnectionError):
        return f"no connection to {host}: {_last_words(causes)}"
    now = time.monotonic()
    if among(requests.Timeout, ConnectTimeoutError, ReadTimeoutError, TimeoutError):
        if now >= due - 0.01:
            return f"no whole answer in time: given up after {now - begun:.1f} s"
        what = "connection" if among(requests.ConnectTimeout, ConnectTimeoutError) else "byte"
        return f"{host} is silent: no {what} for {now - begun:.1f} s"
    if refused := among(ssl.SSLError, ssl.CertificateError, requests.exceptions.SSLError):
        return f"no secure connection to {host}: {refused}"
    if among(IncompleteRead, EOFError) or "IncompleteRead" in str(error):
        return "the answer breaks off before its end"
    if broken_before_answer(error):
        return f"{host} closed the connection without an answer"
    if among(HTTPException):
        return f"{host} does not speak HTTP as it should: {_last_words(causes)}"
    return f"could not be asked: {_last_words(causes)}"


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was made from: requests and urllib3 wrap in arguments, `reason` and contexts."""
    waiting, seen = [error], set()
    while waiting:
        found = waiting.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        inner = (*found.args, getattr(found, "reason", None), found.__cause__, found.__context__)
        waiting += [cause for cause in inner if isinstance(cause, BaseException)]


def _last_words(causes: list[BaseException]) -> str:
    return str(causes[-1]) or type(causes[-1]).__name__

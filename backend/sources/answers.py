"""What a status and the kind of a body say, before any field is read."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from backend.domain.exchange import Response, SourceChanged, SourceError, SourceGone, SourceUnavailable

GONE = frozenset({404, 410})
# 408 and 425 ask to try again as 429 does; 451 is a refusal like 403.
UNAVAILABLE = frozenset({401, 403, 407, 408, 425, 429, 451})
_PASSWORD_FIELD = re.compile(rb"<input[^>]{0,500}type\s*=\s*[\"']?password", re.IGNORECASE)
_HTML_START = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


def require_ok(response: Response, gone: Collection[int] = GONE) -> Response:
    """The response, if it is a 200 that is no web page.

    Raises SourceGone for `gone`, SourceUnavailable (with `retry_after`) for refusals, 5xx and log-in
    pages, SourceChanged for any other status and for other web pages.
    """
    where = response.request.url or response.url or "the endpoint"
    if response.status in gone:
        raise SourceGone(f"{where} answered {response.status}: no such board")
    if response.status in UNAVAILABLE or response.status >= 500:
        raise SourceUnavailable(f"{where} answered {response.status}", retry_after(response))
    if response.status != 200:
        raise SourceChanged(f"{where} answered {response.status} instead of 200")
    if _HTML_START.match(response.body[:5000].removeprefix(b"\xef\xbb\xbf")):
        if _PASSWORD_FIELD.search(response.body[:300_000]):
            raise SourceUnavailable(f"{where} answered a log-in page")
        raise SourceChanged(f"{where}: expected data, got an HTML page")
    if not response.body.strip():
        raise SourceChanged(f"{where}: the answer is empty")
    return response


def json_answer(response: Response, gone: Collection[int] = GONE) -> Any:
    """The JSON of an answer that is all right. Raises as `require_ok`, and SourceChanged for broken JSON."""
    return require_ok(response, gone).json()


def retry_after(response: Response) -> float | None:
    """The seconds that Retry-After names; a date there counts from the answer's own Date."""
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    until, now = _http_date(value), _http_date(response.headers.get("date", ""))
    if until is None or now is None:
        return None
    return max(0.0, (until - now).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else None


def next_offset(offset: int, count: int, limit: int, total: int | None) -> int | None:
    """Where the next page of a list starts; None at its end. Always moves on, so paging ends.

    `total` is None or 0 where the endpoint does not say: then a short page is the last.
    """
    if count == 0:
        return None
    if total:
        return offset + count if offset + count < total else None
    return offset + count if count >= limit else None


def fingerprint_or_body(response: Response, canonical: Any) -> bytes:
    """What `canonical(response)` returns, or the whole body where the answer cannot be read."""
    try:
        result = canonical(response)
    except SourceError:
        return response.body
    return bytes(result)

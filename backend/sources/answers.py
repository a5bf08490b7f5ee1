"""What a status and the kind of a body say, before any field is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from backend.domain.exchange import Response, SourceChanged, SourceError, SourceGone, SourceUnavailable
from backend.sources.linked_data import page_text

GONE = frozenset({404, 410})
# 408 and 425 ask to try again as 429 does; 451 is a refusal like 403.
UNAVAILABLE = frozenset({401, 403, 407, 408, 425, 429, 451})
_PASSWORD_FIELD = re.compile(rb"<input[^>]{0,500}type\s*=\s*[\"']?password", re.IGNORECASE)
_HTML_START = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_PAGE_END = re.compile(rb"</(?:body|html)\s*>", re.IGNORECASE)


def require_ok(response: Response, gone: Collection[int] = GONE) -> Response:
    """The response, if it is a 200 that is no web page.

    Raises SourceGone for `gone`, SourceUnavailable (with `retry_after`) for refusals, 5xx and log-in
    pages, SourceChanged for any other status and for other web pages.
    """
    where = _answered(response, gone)
    if is_page(response):
        _refuse_log_in(response, where)
        raise SourceChanged(f"{where}: expected data, got an HTML page")
    return response


def page_answer(
    response: Response, wanted: str, shows: Callable[[HtmlElement], bool], gone: Collection[int] = GONE
) -> HtmlElement:
    """The tree of a web page that has what was wanted of it, as `shows` tells.

    Raises as `require_ok`; SourceChanged, naming what was `wanted`, for a page without it, for one that was
    cut off, and for what is no web page.
    """
    where = _answered(response, gone)
    tree = tree_of(response) if is_page(response) else None
    if tree is None:
        raise SourceChanged(f"{where}: expected an HTML page, got something else")
    if not shows(tree):
        _refuse_log_in(response, where)  # only now: a list may have a log-in form beside it
        raise SourceChanged(f"{where}: expected {wanted}, got an HTML page without it")
    if not _PAGE_END.search(response.body[-5000:]):
        raise SourceChanged(f"{where}: the page is cut off before its end")
    return tree


def is_page(response: Response) -> bool:
    """Whether the body is a web page made for people."""
    return bool(_HTML_START.match(response.body[:5000].removeprefix(b"\xef\xbb\xbf")))


def tree_of(response: Response) -> HtmlElement | None:
    """A page's elements; None where there are none."""
    text = page_text(response.body).replace("\x00", "")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


def _answered(response: Response, gone: Collection[int]) -> str:
    """What was asked, if it was answered with 200 and a body."""
    where = response.request.url or response.url or "the endpoint"
    if response.status in gone:
        raise SourceGone(f"{where} answered {response.status}: no such board")
    if response.status in UNAVAILABLE or response.status >= 500:
        raise SourceUnavailable(f"{where} answered {response.status}", retry_after(response))
    if response.status != 200:
        raise SourceChanged(f"{where} answered {response.status} instead of 200")
    if not response.body.strip():
        raise SourceChanged(f"{where}: the answer is empty")
    return where


def _refuse_log_in(response: Response, where: str) -> None:
    if _PASSWORD_FIELD.search(response.body[:300_000]):
        raise SourceUnavailable(f"{where} answered a log-in page")


def json_answer(response: Response, gone: Collection[int] = GONE) -> Any:
    """The JSON of an answer that is all right. Raises as `require_ok`, and SourceChanged for broken JSON."""
    return require_ok(response, gone).json()


def retry_after(response: Response) -> float | None:
    """The seconds that Retry-After names; a date there counts from the answer's own Date."""
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    until, now = http_date(value), http_date(response.headers.get("date", ""))
    if until is None or now is None:
        return None
    return max(0.0, (until - now).total_seconds())


def http_date(value: str) -> datetime | None:
    """The moment in a header such as Date; None for what is no date with a zone."""
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

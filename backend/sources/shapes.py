"""Checked reading of JSON answers: a value of another type is SourceChanged, and the message names the field.

A missing field, null and blank text all mean "unknown" and are None.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from backend.domain.exchange import SourceChanged

MAX_ID = 300
MAX_URL = 2000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_USUAL_URL = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?:/[A-Za-z0-9._~/-]*)?")  # for nearly all a short way
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


def kind(value: object) -> str:
    """A value's type in words: `a list`, `text`, `nothing`."""
    return "nothing" if value is None else _KINDS.get(type(value), type(value).__name__)


def unexpected(path: str, wanted: str, value: object) -> SourceChanged:
    return SourceChanged(f"{path}: expected {wanted}, got {kind(value)}")


def expect_object(value: Any, path: str = "the answer") -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise unexpected(path, "an object", value)
    return value


def expect_list(value: Any, field: str | None = None) -> list[Any]:
    """The list itself, or the list under `field` of an envelope."""
    if field is None:
        if not isinstance(value, list):
            raise unexpected("the answer", "a list", value)
        return value
    envelope = expect_object(value)
    if field not in envelope:
        raise SourceChanged(f"the answer has no list {field!r}")
    if not isinstance(envelope[field], list):
        raise unexpected(field, "a list", envelope[field])
    return list(envelope[field])


def rows(value: Any, field: str | None = None) -> list[Fields]:
    """The rows of a list answer, each knowing its path (`jobs[3]`)."""
    name = field or "row"
    return [Fields(row, f"{name}[{index}]") for index, row in enumerate(expect_list(value, field))]


class Fields:
    """One JSON object of an answer and where it stands in it."""

    __slots__ = ("path", "value")

    def __init__(self, value: Any, path: str = "") -> None:
        self.value = expect_object(value, path or "the answer")
        self.path = path

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def missing(self, key: str) -> SourceChanged:
        return SourceChanged(f"{self.at(key)} is missing or empty")

    def text(self, key: str) -> str | None:
        value = self.value.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise unexpected(self.at(key), "text", value)
        return value.strip() or None

    def need_text(self, key: str) -> str:
        value = self.text(key)
        if value is None:
            raise self.missing(key)
        return value

    def need_id(self, key: str) -> str:
        """An identity, which services write as text or as a whole number."""
        value = self.value.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
            return str(value)
        return checked_id(self.need_text(key), self.at(key))

    def number(self, key: str) -> float | None:
        """A number, also when written as text ("60000")."""
        value = self.value.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            try:
                number = float(value)
            except (ValueError, OverflowError):
                number = math.nan
            if math.isfinite(number):
                return number
        raise unexpected(self.at(key), "a number", value)

    def whole(self, key: str) -> int | None:
        number = self.number(key)
        return None if number is None else int(number)

    def flag(self, key: str) -> bool | None:
        value = self.value.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise unexpected(self.at(key), "true or false", value)

    def object(self, key: str) -> Fields:
        """The object under `key`; an empty one where it is null or missing."""
        value = self.value.get(key)
        return Fields({} if value is None else value, self.at(key))

    def items(self, key: str) -> list[Any]:
        value = self.value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise unexpected(self.at(key), "a list", value)
        return value

    def objects(self, key: str) -> list[Fields]:
        return [
            Fields(item, f"{self.at(key)}[{i}]") for i, item in enumerate(self.items(key)) if item is not None
        ]

    def texts(self, key: str) -> list[str]:
        """The texts of a list; a lone text is a list of one."""
        value = self.value.get(key)
        if isinstance(value, str):
            return [value.strip()] if value.strip() else []
        found = Fields({str(i): item for i, item in enumerate(self.items(key))}, self.at(key))
        return [text for i in range(len(found.value)) if (text := found.text(str(i)))]

    def link(self, key: str) -> str | None:
        value = self.text(key)
        return None if value is None else web_url(value, self.at(key))

    def moment(self, key: str) -> datetime | None:
        """A date or date-time in ISO 8601; without a zone it is UTC."""
        value = self.text(key)
        return None if value is None else iso_moment(value, self.at(key))

    def epoch_ms(self, key: str) -> datetime | None:
        return self._epoch(key, 1000)

    def epoch_s(self, key: str) -> datetime | None:
        return self._epoch(key, 1)

    def _epoch(self, key: str, per_second: int) -> datetime | None:
        number = self.number(key)
        if number is None:
            return None
        try:
            return datetime.fromtimestamp(number / per_second, UTC)
        except (ValueError, OverflowError, OSError):
            raise SourceChanged(f"{self.at(key)}: {number:.0f} is no point in time") from None


def checked_id(value: str, path: str) -> str:
    if len(value) > MAX_ID or _CONTROL.search(value):
        raise SourceChanged(
            f"{path}: an identity of more than {MAX_ID} characters, or with control characters"
        )
    return value


def web_url(value: str, path: str) -> str:
    """A complete http(s) URL; blanks and other odd characters are percent-encoded."""
    if _USUAL_URL.fullmatch(value) and len(value) <= MAX_URL:
        return value
    if _CONTROL.search(value):
        raise SourceChanged(f"{path}: a web address with control characters")
    url = quote(value.strip(), safe=_URL_SAFE)
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or len(url) > MAX_URL:
        raise SourceChanged(f"{path}: expected a web address (http or https)")
    return url


def iso_moment(value: str, path: str) -> datetime:
    """ISO 8601, and Recruitee's `2026-08-05 09:41:37 UTC`, as an aware UTC time."""
    try:
        moment = datetime.fromisoformat(value.removesuffix(" UTC"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SourceChanged(f"{path}: expected a date in ISO 8601") from None


def joined(*parts: str | None) -> str | None:
    """Pieces of HTML as one; None when none has anything."""
    found = [part for part in parts if part]
    return "\n".join(found) or None


def section(heading: str | None, content: str | None) -> str | None:
    """HTML under a plain-text heading; None without content."""
    if not content:
        return None
    return f"<h3>{html.escape(heading)}</h3>\n{content}" if heading else content


def paragraphs(text: str | None) -> str | None:
    """Plain text as HTML."""
    if not text:
        return None
    return "\n".join(
        f"<p>{html.escape(part.strip())}</p>" for part in re.split(r"\n\s*\n", text) if part.strip()
    )

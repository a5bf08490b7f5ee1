"""Cursors: opaque to the caller, the sort key of the last row to us."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Generic, TypeVar

from pydantic import Field

from backend.api.errors import invalid
from backend.api.formats import Cursor
from backend.api.schema import Answer, Query

Item = TypeVar("Item")
BAD = "this cursor is not one of ours; start from the first page"


class Page(Answer, Generic[Item]):
    """Part of a list. `total` is null where counting would cost more than it tells."""

    items: list[Item]
    total: int | None
    next_cursor: str | None


class PageQuery(Query):
    cursor: Cursor | None = Field(None, description="next_cursor of the page before")
    limit: int = Field(50, ge=1, le=100, description="rows a page")


def encode(*key: Any) -> str:
    """The key (strings, numbers, null) of the last row as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The key in a cursor, checked against the kinds of its parts; None for the first page. Else a 422."""
    if not cursor:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise invalid("cursor", BAD) from None
    if not isinstance(key, list) or len(key) != len(kinds):
        raise invalid("cursor", BAD)
    if not all(type(part) is kind for part, kind in zip(key, kinds, strict=True)):
        raise invalid("cursor", BAD)
    return tuple(key)

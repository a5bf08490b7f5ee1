"""Lists of which each row by itself says all there is of one posting: cut into rows without being read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import msgspec

Row = bytes | msgspec.Raw
"""Bytes, or a look at some of the answer's."""


class RowsApart(Protocol):
    def cut(self, body: bytes) -> Sequence[Row] | None:
        """The rows of a list answer, the same bytes for the same row; None: it is no such list plainly."""

    def alone(self, row: Row) -> bytes:
        """A list answer that holds this row only."""


@dataclass(frozen=True, slots=True)
class JsonRows:
    """A list in its `envelope`, or bare."""

    envelope: str | None = None

    def cut(self, body: bytes) -> Sequence[Row] | None:
        try:
            return _rows_in(self.envelope)(body)
        except (msgspec.MsgspecError, RecursionError):
            return None  # also what the standard library takes: it says better what is wrong

    def alone(self, row: Row) -> bytes:
        return (
            b'{"%s":[%s]}' % (self.envelope.encode(), bytes(row)) if self.envelope else b"[%s]" % bytes(row)
        )


@cache
def _rows_in(envelope: str | None) -> Callable[[bytes], Sequence[msgspec.Raw]]:
    """Finds where rows begin and end, and makes nothing of what is in them."""
    if envelope is None:
        return msgspec.json.Decoder(list[msgspec.Raw]).decode
    holder = msgspec.defstruct("Holder", [("rows", list[msgspec.Raw])], rename={"rows": envelope})
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(holder)
    return lambda body: decoder.decode(body).rows


@dataclass(frozen=True, slots=True)
class XmlRows:
    """The elements named `row` in one named `root`, and nothing else: no attributes, nothing between them.

    Nothing is parsed here. What only looks like the end of a row cuts it into what cannot be read by itself.
    """

    root: str
    row: str

    def cut(self, body: bytes) -> Sequence[Row] | None:
        begins, ends = b"<%s>" % self.row.encode(), b"</%s>" % self.row.encode()
        *found, tail = body.split(ends)
        if not found:
            return None
        head, begin, first = found[0].partition(begins)
        rows = [begin + first, *(row.lstrip() for row in found[1:])]
        plain = self._head.fullmatch(head) and self._tail.fullmatch(tail)
        if not plain or not all(row.startswith(begins) for row in rows):
            return None
        return [row + ends for row in rows]

    def alone(self, row: Row) -> bytes:
        return b"<%s>%s</%s>" % (self.root.encode(), bytes(row), self.root.encode())

    @property
    def _head(self) -> re.Pattern[bytes]:
        """In UTF-8, which is what a row by itself is taken to be in."""
        declared = rb"""(<\?xml\s+version=["'][0-9.]+["'](\s+encoding=["'](?i:utf-8)["'])?\s*\?>)?"""
        return re.compile(rb"(\xef\xbb\xbf)?\s*%s\s*<%s>\s*" % (declared, self.root.encode()))

    @property
    def _tail(self) -> re.Pattern[bytes]:
        return re.compile(rb"\s*</%s>\s*" % self.root.encode())

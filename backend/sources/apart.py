"""Lists of which each row by itself says all there is of one posting: cut into rows without being read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import orjson
from lxml import etree


class RowsApart(Protocol):
    def cut(self, body: bytes) -> list[bytes] | None:
        """The rows of a list answer, the same bytes for the same row; None: it is no such list plainly."""

    def alone(self, row: bytes) -> bytes:
        """A list answer that holds this row only."""


@dataclass(frozen=True, slots=True)
class JsonRows:
    """A list in its `envelope`, or bare."""

    envelope: str | None = None

    def cut(self, body: bytes) -> list[bytes] | None:
        try:
            answer = orjson.loads(body)
            found = answer.get(self.envelope) if isinstance(answer, dict) and self.envelope else answer
            return [orjson.dumps(row) for row in found] if isinstance(found, list) else None
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            return None  # also what the standard library takes: it says better what is wrong

    def alone(self, row: bytes) -> bytes:
        return b'{"%s":[%s]}' % (self.envelope.encode(), row) if self.envelope else b"[%s]" % row


@dataclass(frozen=True, slots=True)
class XmlRows:
    """The elements named `row` below `root`."""

    root: str
    row: str

    def cut(self, body: bytes) -> list[bytes] | None:
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
        try:
            root = etree.fromstring(body.lstrip(), parser)
        except etree.XMLSyntaxError:
            return None
        if root.tag != self.root or root.getroottree().docinfo.internalDTD is not None:
            return None
        return [etree.tostring(one, with_tail=False) for one in root.iter(self.row)]

    def alone(self, row: bytes) -> bytes:
        return b"<%s>%s</%s>" % (self.root.encode(), row, self.root.encode())

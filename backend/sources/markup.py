"""Checked, streaming reading of XML answers. DTDs are refused; a broken document is SourceChanged."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Protocol

from lxml import etree

from backend.domain.exchange import Response, SourceChanged
from backend.sources.answers import require_ok
from backend.sources.shapes import checked_id

SHORT = 2**20  # bytes of an answer of which a whole tree may be in memory


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class XmlRow:
    """One row element of an answer and where it stands in it (`position[3]`)."""

    __slots__ = ("element", "path")

    def __init__(self, element: etree._Element, path: str) -> None:
        self.element = element
        self.path = path

    def at(self, tag: str) -> str:
        return f"{self.path}.{tag.replace('/', '.')}"

    def text(self, tag: str) -> str | None:
        found = self.element.find(tag)
        return (found.text or "").strip() or None if found is not None else None

    def texts(self, tag: str) -> list[str]:
        return [text for found in self.element.iterfind(tag) if (text := (found.text or "").strip())]

    def need_text(self, tag: str) -> str:
        value = self.text(tag)
        if value is None:
            raise SourceChanged(f"{self.at(tag)} is missing or empty")
        return value

    def need_id(self, tag: str) -> str:
        return checked_id(self.need_text(tag), self.at(tag))

    def children(self, tag: str) -> list[XmlRow]:
        return [XmlRow(child, f"{self.at(tag)}[{i}]") for i, child in enumerate(self.element.iterfind(tag))]


def xml_rows(response: Response, root: str, row: str) -> Iterator[XmlRow]:
    """Each `row` element below `root`. Of a long answer it is emptied when the next is asked for.

    Raises as `require_ok`; SourceChanged for another root, a DTD, or broken XML.
    """
    require_ok(response)
    where = response.request.url or "the answer"
    body = response.body.lstrip()  # some feeds begin with a blank line, which XML forbids
    found = _in_tree if len(body) <= SHORT else _in_stream
    try:
        for index, element in enumerate(found(body, root, row, where)):
            yield XmlRow(element, f"{row}[{index}]")
    except etree.XMLSyntaxError as error:
        raise SourceChanged(f"{where}: expected XML, got a broken document ({error.msg})") from None


def _in_tree(body: bytes, root: str, row: str, where: str) -> Iterator[etree._Element]:
    """Read without a stop; a stream waits at each element for its turn among the threads."""
    tree = etree.fromstring(body, etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True))
    _check_root(tree, root, where)
    yield from tree.iter(row)


def _in_stream(body: bytes, root: str, row: str, where: str) -> Iterator[etree._Element]:
    opened = False
    for event, element in each_tag(BytesIO(body)):
        if not opened:
            opened = True
            _check_root(element, root, where)
        if event == "end" and element.tag == row:
            yield element
            element.clear()


def each_tag(file: Readable) -> Iterator[tuple[str, etree._Element]]:
    """("start" or "end", the element) as a document is read, which may be hostile: nothing else is loaded."""
    return etree.iterparse(
        file, events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True
    )


def _check_root(element: etree._Element, root: str, where: str) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise SourceChanged(f"{where}: an XML document with a DTD is refused")
    if element.tag != root:
        raise SourceChanged(f"{where}: expected XML with the root {root!r}, got {str(element.tag)[:60]!r}")

"""Reading the elements of web pages: their text, their links, their HTML. Pure."""

from __future__ import annotations

from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement

from backend.domain.exchange import SourceChanged
from backend.sources.shapes import web_url


def text_of(element: HtmlElement | None) -> str | None:
    """All text in an element as one line; None without any."""
    if element is None:
        return None
    return " ".join("".join(str(text) for text in element.itertext()).split()) or None


def first(element: HtmlElement, *classes: str) -> HtmlElement | None:
    """The first element below with one of these classes; the classes in order of preference."""
    for name in classes:
        found = element.find_class(name)
        if found:
            return found[0]
    return None


def attribute(element: HtmlElement | None, name: str) -> str | None:
    value = None if element is None else element.get(name)
    return value.strip() or None if isinstance(value, str) else None


def inner_html(element: HtmlElement | None) -> str | None:
    """What stands in an element, as HTML; None without any text."""
    if element is None or text_of(element) is None:
        return None
    lead = etree.tostring(_text_holder(element), encoding="unicode", method="html")[3:-4]
    return lead + "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)


def _text_holder(element: HtmlElement) -> etree._Element:
    """The text before an element's first child, escaped by the same rules."""
    holder = etree.Element("p")
    holder.text = element.text
    return holder


def resolve(page_url: str, link: str | None) -> str:
    """A link of a page as a complete web address; "" where it is none, or the page's address is unknown."""
    try:
        return web_url(urljoin(page_url, link or ""), "link") if link else ""
    except (SourceChanged, ValueError):
        return ""

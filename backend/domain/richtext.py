"""Scraped HTML: made harmless, and read as plain text. Pure."""

from __future__ import annotations

import re

import nh3
from lxml import etree

MAX_HTML = 200_000
TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener",
    clean_content_tags={
        "script",
        "style",
        "iframe",
        "noscript",
        "object",
        "template",
        "textarea",
        "title",
        "svg",
    },
)
# C0 and C1 controls but tab and line end, lone surrogates, and non-characters: no database takes them all
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(TAGS & _BLOCKS))})>")
_INLINE_TAG = re.compile(rf'</?(?:{"|".join(sorted(TAGS - _BLOCKS))})(?: [a-z]+="[^"]*")*>')
_REFERENCES = (("&nbsp;", "\xa0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))
_OTHER_REFERENCE = re.compile(rf"&(?!{'|'.join(reference[1:] for reference, _ in _REFERENCES)})")
_UNSEEN = frozenset({"script", "style", "noscript", "template", "textarea", "iframe", "object", "title"})


def without_control(text: str) -> str:
    return CONTROL.sub("", text)


def sanitise(html: str) -> str:
    """HTML with plain text tags only: no scripts, styles, images, attributes; links to http(s) and mailto."""
    return _CLEANER.clean(without_control(html[:MAX_HTML])).strip()


def text_of(html: str) -> str:
    """HTML as plain text: block tags end a line, inline tags join ("<b>Py</b>thon" is "Python")."""
    return _squeezed(rough_text_of(without_control(html)))


def rough_text_of(html: str) -> str:
    """As `text_of`, with all the blanks and empty lines between the words."""
    text = _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", html))
    if "<" in text or _OTHER_REFERENCE.search(text):  # not as `sanitise` writes it
        return _parsed_text(html)
    if "&" in text:
        for reference, character in _REFERENCES:
            text = text.replace(reference, character)
    return text


def _parsed_text(html: str) -> str:
    data = without_control(html).encode()
    root = etree.fromstring(data, etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))
    if root is None:
        return ""
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    for element in root.iter(*_BLOCKS):
        element.text = "\n" + (element.text or "")
        element.tail = "\n" + (element.tail or "")
    return etree.tostring(root, method="text", encoding="unicode")


def _squeezed(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)

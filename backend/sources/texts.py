"""Texts of postings that arrive plain, escaped once too often, or as HTML -> HTML. Pure."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|b|i|u|em|strong|h[1-6]|a|table|section|article|hr|font|html|body|pre|center)\b",
    re.IGNORECASE,
)
_ESCAPED = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", '"'),
    ("&#39;", "'"),
    ("&nbsp;", "\xa0"),
    ("&amp;", "&"),  # last: what it makes is no reference
)
_OTHER_REFERENCE = re.compile(r"&(?!(?:lt|gt|quot|#39|nbsp|amp);)")
_LITERAL_BREAK = re.compile(r"\\r\\n|\\n|\\r|\\t")


def unescape(text: str) -> str:
    """As `html.unescape`, ten times as fast for what was escaped by a program."""
    if _OTHER_REFERENCE.search(text):
        return html.unescape(text)
    for reference, character in _ESCAPED:
        text = text.replace(reference, character)
    return text


def as_html(text: str | None) -> str | None:
    """A text of unknown kind as HTML.

    Escaped HTML (`&lt;p&gt;`, also twice) is unescaped; the two characters `\\n` are a line's end; lines of
    plain text are kept.
    """
    if text is None or not text.strip():
        return None
    value = text
    for _ in range(2):
        if _TAG.search(value) or ("&lt;" not in value and "&amp;lt;" not in value):
            break
        value = unescape(value)
    if "\\n" in value or "\\r" in value:
        value = _LITERAL_BREAK.sub("\n", value)
    return value.strip() if _TAG.search(value) else lines_as_html(unescape(value))


def lines_as_html(text: str | None) -> str | None:
    """Plain text as HTML with its paragraphs and line ends."""
    if text is None or not text.strip():
        return None
    blocks = re.split(r"\n[ \t\r]*\n", text.replace("\r\n", "\n"))
    return "\n".join(
        "<p>"
        + "<br>".join(html.escape(line.strip(), quote=False) for line in block.strip().split("\n"))
        + "</p>"
        for block in blocks
        if block.strip()
    )


def as_line(text: str | None) -> str | None:
    """A title or a name as one line, without entities; None without any text."""
    return (" ".join(unescape(text).split()) or None) if text else None

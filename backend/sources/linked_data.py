"""The JSON-LD in a web page, read as leniently as it is written. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from backend.domain.exchange import SourceChanged

_CHARSET = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
_OPENING = re.compile(r"<!--|<script(?=[\s>/])", re.IGNORECASE)
_CLOSING = re.compile(r"</script", re.IGNORECASE)
_WRAPPERS = ("<!--", "-->", "/*", "*/", "//", "<![CDATA[", "]]>", ";")  # put around scripts by old pages
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
MAX_NODES = 200_000


def page_text(body: bytes | str) -> str:
    """A page as text: by its byte order mark, its own charset, UTF-8, and else Windows-1252."""
    if isinstance(body, str):
        return body
    named = _CHARSET.search(body[:4096])
    encodings = ["utf-8-sig", named.group(1).decode("ascii") if named else "utf-8", "cp1252"]
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings.insert(0, "utf-16")
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except (LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def scripts(page: str) -> Iterator[tuple[str, str]]:
    """The attributes and the content of each script that is no comment. Takes time linear in the page."""
    at = 0
    while opening := _OPENING.search(page, at):
        if opening.group() == "<!--":
            at = page.find("-->", opening.start() + 2) + 3
            if at < 3:
                return  # never closed: the rest is a comment
            continue
        start = page.find(">", opening.end())
        closing = _CLOSING.search(page, start) if start >= 0 else None
        if closing is None:  # a page cut off: what is there of the script
            yield page[opening.end() : start], page[start + 1 :] if start >= 0 else ""
            return
        yield page[opening.end() : start], page[start + 1 : closing.start()]
        at = closing.end()


def linked_data(page: str, about: str) -> list[Any]:
    """The JSON-LD values in a page.

    A block that cannot be read is left out, but raises SourceChanged if it speaks of `about`: what is not
    read must not look like what is not there.
    """
    found: list[Any] = []
    for attributes, content in scripts(page):
        if "ld+json" not in html.unescape(attributes).lower():
            continue
        try:
            found.append(_lenient_json(content))
        except (ValueError, RecursionError) as error:
            if about in content:
                raise SourceChanged(f"the page's JSON-LD of {about} is no JSON ({error})") from None
    return found


def of_type(values: list[Any], wanted: str) -> list[dict[str, Any]]:
    """Every object of that schema.org type, in order, wherever it stands (`@graph`, lists, item lists)."""
    found: list[dict[str, Any]] = []
    waiting = list(reversed(values))
    for _ in range(MAX_NODES):
        if not waiting:
            return found
        value = waiting.pop()
        if isinstance(value, dict):
            if _is_a(value.get("@type"), wanted):
                found.append(value)
            else:
                waiting.extend(
                    reversed([inner for inner in value.values() if isinstance(inner, dict | list)])
                )
        elif isinstance(value, list):
            waiting.extend(reversed([inner for inner in value if isinstance(inner, dict | list)]))
    raise SourceChanged(f"the page's JSON-LD holds more than {MAX_NODES} values")


def _is_a(kinds: Any, wanted: str) -> bool:
    """`JobPosting`, `schema:JobPosting`, `https://schema.org/JobPosting`, or a list with one of them."""
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and re.split(r"[/:#]", name)[-1] == wanted for name in names)


def _lenient_json(content: str) -> Any:
    """JSON, also with raw control characters, HTML escapes, odd backslashes, trailing commas, or as text."""
    text = _unwrapped(content)
    tries = [text]
    if "&quot;" in text or "&#34;" in text:
        tries.append(html.unescape(text))
    tries += [_repaired(candidate) for candidate in list(tries)]
    error: ValueError | None = None
    for candidate in tries:
        try:
            value = json.loads(candidate, strict=False)
        except ValueError as failed:
            error = error or failed
            continue
        # JSON written into JSON as one text
        return json.loads(value, strict=False) if isinstance(value, str) and value[:1] in "{[" else value
    raise error or ValueError("nothing in it")


def _unwrapped(content: str) -> str:
    text = content.strip().strip("\ufeff").strip()
    for _ in range(4):
        for mark in _WRAPPERS:
            text = text.removeprefix(mark).removesuffix(mark).strip()
    return text


def _repaired(text: str) -> str:
    """Backslashes that JSON does not know, literal `\\n` between values, commas before a closing bracket."""
    known = _ESCAPE.sub(_known_escape, text)
    outside = "".join(
        part if index % 2 else re.sub(r"\\[nrt]", " ", part)
        for index, part in enumerate(re.split(r'("(?:[^"\\]|\\.)*")', known, flags=re.DOTALL))
    )
    return _TRAILING_COMMA.sub(r"\1", outside)


def _known_escape(match: re.Match[str]) -> str:
    following = match.group(1)
    return match.group() if len(following) > 1 or following in '"\\/bfnrt' else following

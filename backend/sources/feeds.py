"""Boards that are one document anywhere: the token is its URL, what follows `#` says how to read it. Pure."""

from __future__ import annotations

import re

from backend.domain.exchange import SourceChanged
from backend.sources.addresses import parse_address
from backend.sources.queries import LONGEST_TOKEN
from backend.sources.shapes import web_url

HEAD = 4096
_BUILT = re.compile(
    rb"<(lastBuildDate|pubDate|updated|generated|created|date|timestamp)>[^<]{0,80}</\1>", re.IGNORECASE
)
_ENTRY = re.compile(rb"<(?:item|entry|job|position|vacancy|listing)[\s>]", re.IGNORECASE)


def feed_token(url: str, path: re.Pattern[str] | None) -> str | None:
    """The URL as a token, where its path looks as asked; the fragment stays. None for no web address."""
    address = parse_address(url)
    if address is None or (path and not path.search("/" + "/".join(address.path))):
        return None
    text = url.strip().strip("<>\"'")
    if "://" not in text:
        text = f"https://{text}"
    scheme, _, rest = text.partition("://")
    host, slash, tail = rest.partition("/")
    try:
        token = web_url(f"{scheme.lower()}://{host.lower()}{slash}{tail}", "the token")
    except SourceChanged:
        return None
    return token if len(token) <= LONGEST_TOKEN else None


def without_build_date(body: bytes) -> bytes:
    """A feed without the moment at which it was made, which stands before the first entry."""
    head, rest = body[:HEAD], body[HEAD:]
    entry = _ENTRY.search(head)
    end = entry.start() if entry else len(head)
    return _BUILT.sub(b"", head[:end]) + head[end:] + rest


def feed_url(token: str) -> str:
    """Where to ask. The fragment stays too: it is not sent, and the parser reads it."""
    return token

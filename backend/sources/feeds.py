"""Boards that are one document anywhere: the token is its URL, what follows `#` says how to read it. Pure."""

from __future__ import annotations

import re

from backend.domain.exchange import SourceChanged
from backend.sources.addresses import parse_address
from backend.sources.queries import LONGEST_TOKEN
from backend.sources.shapes import web_url


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


def feed_url(token: str) -> str:
    """Where to ask. The fragment stays too: it is not sent, and the parser reads it."""
    return token

"""What people paste or write in tables: a careers address, `greenhouse:stripe`, a source and a name."""

from __future__ import annotations

import re

from backend.sources import registry
from backend.sources.addresses import slug
from backend.sources.base import Source

LONGEST_TOKEN = 300  # as a board keeps it
_PLACEHOLDERS = re.compile(r"\b[A-Z]{3,}\b")
_SQUEEZED = re.compile(r"[\W_]+")


def identify(text: str) -> tuple[Source, str] | None:
    """The source and the token of a careers address or of `source:token`, without asking anybody."""
    name, colon, told = text.strip().partition(":")
    if colon and not told.startswith("//"):
        source = source_named(name)
        if source is not None:
            token = token_named(source, told.strip())
            return (source, token) if token else None
    found = registry.recognise(text)
    return found if found and len(found[1]) <= LONGEST_TOKEN else None


def source_named(name: str) -> Source | None:
    """A source by its name or label, however they are written: `greenhouse`, `Breezy HR`, `bamboo-hr`."""
    return _BY_NAME.get(_squeezed(name))


def token_named(source: Source, told: str) -> str | None:
    """The token that an address, a short name, or a token itself means where the source is known."""
    if not told or len(told) > 2000:
        return None
    if "://" in told:
        token = source.token_of(told) or _own_token(source, told)
    else:  # a token that holds a host looks like an address too, but means another one
        token = _own_token(source, told) or source.token_of(told) or _of_short_name(source, told)
    return token if token and len(token) <= LONGEST_TOKEN else None


def _own_token(source: Source, told: str) -> str | None:
    """The text itself, if the source reads it back from the addresses it makes of it."""
    for address in (source.board_url, lambda token: source.first_request(token).url):
        try:
            made = address(told)
        except (ValueError, IndexError, KeyError):  # a text without the parts that a token of this source has
            continue
        if told in (source.recognise(made), source.token_of(made)):
            return told
    return None


def _of_short_name(source: Source, told: str) -> str | None:
    """The token of the address that a company of this short name has at most sources."""
    form = source.url_forms[0] if source.url_forms else ""
    if slug(told) is None or _PLACEHOLDERS.findall(form) != ["COMPANY"]:
        return None
    return source.recognise(form.replace("COMPANY", told))


def _squeezed(name: str) -> str:
    return _SQUEEZED.sub("", name).casefold()


_BY_NAME = {_squeezed(known.label): known for known in registry.SOURCES} | {
    _squeezed(known.name): known for known in registry.SOURCES
}

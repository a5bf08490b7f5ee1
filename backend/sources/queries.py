"""Boards that are a search: the token is the query string, its parameters in a fixed order. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from backend.sources.addresses import parse_address
from backend.sources.base import Request, Source

ALL = "all"  # the token of a search without conditions
LONGEST_TOKEN = 300


class Search(Source):
    """A source whose boards are searches: on `hosts`, at one of `paths`, by the parameters `conditions`.

    `api` is asked with the conditions of the token and the parameters `first`, those of its first page;
    `page` is where people search, if that is elsewhere.
    """

    api = ""
    page = ""
    hosts: tuple[str, ...] = ()
    paths: tuple[tuple[str, ...], ...] = ()
    conditions: Sequence[str] | Mapping[str, str] = ()
    first: tuple[tuple[str, object], ...] = ()

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or address.host not in self.hosts or address.path not in self.paths:
            return None
        return search_token(url, self.conditions)

    def board_url(self, token: str) -> str:
        return with_search(self.page or self.api, token)

    def first_request(self, token: str) -> Request:
        return Request(with_search(self.api, token, **dict(self.first)))

    def token_of(self, told: str) -> str | None:
        """Also the conditions themselves, in any order: `text=python&area=1`. None if one is not known."""
        if "://" in told or (found := self.recognise(told)):
            return self.recognise(told)
        try:
            found = self.recognise(self.board_url(told))
        except (KeyError, ValueError):
            return None
        told_all = told.rpartition("?")[2] == ALL
        known = found is not None and found.count("=") == told.count("=")
        return found if known and ("=" in told or told_all) else None


def search_token(url: str, names: Sequence[str] | Mapping[str, str]) -> str | None:
    """The conditions in a URL as a token. None if they are too long to be one.

    `names` are the parameters that are conditions (others, as page and sorting, are left out), or what
    the site calls them -> what the API calls them.
    """
    known = dict(names) if isinstance(names, Mapping) else {name: name for name in names}
    folded = {name.lower(): meant for name, meant in known.items()}
    try:
        given = parse_qsl(urlsplit(url.strip()).query)
    except ValueError:
        return None
    pairs = [
        (folded[name.lower()], value) for name, value in given if name.lower() in folded and value.strip()
    ]
    token = urlencode(sorted(dict.fromkeys(pairs))) or ALL
    return token if len(token) <= LONGEST_TOKEN else None


def with_search(endpoint: str, token: str, **more: object) -> str:
    """The endpoint's URL with the conditions of a token, and more parameters."""
    parts = [] if token in {ALL, ""} else [token]
    parts += [urlencode(more)] if more else []
    return f"{endpoint}?{'&'.join(parts)}" if parts else endpoint


def parameter(url: str, name: str) -> str | None:
    """The first value of a parameter of a URL."""
    try:
        found = parse_qsl(urlsplit(url).query)
    except ValueError:
        return None
    return next((value for given, value in found if given == name), None)


def number_of(url: str, name: str, default: int) -> int:
    """A whole number among a URL's parameters, or the default."""
    value = parameter(url, name) or ""
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else default


def with_parameter(url: str, name: str, value: object) -> str:
    """The URL with one parameter set, the others as they were."""
    head, _, query = url.partition("#")[0].partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] != name]
    return f"{head}?{'&'.join([*kept, urlencode({name: value})])}"

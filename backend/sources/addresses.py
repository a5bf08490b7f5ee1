"""Taking apart the careers addresses that people paste."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._&-]{0,199}")
LOCALE = re.compile(r"[A-Za-z]{2}[-_][A-Za-z]{2}")
_BAD = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Address:
    """A web address: `host` in lower case, `path` as its decoded parts, `query` with lower-case names."""

    host: str
    path: tuple[str, ...]
    query: Mapping[str, str]

    def subdomain(self, domain: str, reserved: Collection[str] = ()) -> str | None:
        """What stands before `.domain`, if it is one label and not one that the service keeps for itself."""
        label, dot, rest = self.host.partition(".")
        return label if dot and rest == domain and label not in reserved else None


def parse_address(url: str) -> Address | None:
    """None for what is no plain http(s) address: other schemes, ports, user names, odd characters."""
    text = url.strip().strip("<>\"'")
    if len(text) > 2000:
        return None
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "https", text
    try:
        parts = urlsplit(f"https://{rest}")
        port, host = parts.port, (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if scheme.lower() not in {"http", "https"} or port not in {None, 80, 443}:
        return None
    if "@" in parts.netloc or _BAD.search(parts.netloc) or not _HOST.fullmatch(host):
        return None
    path = tuple(part for raw in parts.path.split("/") if (part := unquote(raw).strip()))
    if any(part in {".", ".."} or _BAD.search(part.replace(" ", "")) for part in path):
        return None
    query = {name.lower(): value for name, value in parse_qsl(parts.query)}
    return Address(host, path, query)


def slug(value: str | None, reserved: Collection[str] = ()) -> str | None:
    """The value if it can be a company's short name."""
    if value is None or value.lower() in reserved or not SLUG.fullmatch(value):
        return None
    return value


def without_locale(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path without a leading `en-US`."""
    if len(path) > 1 and LOCALE.fullmatch(path[0]):
        return path[1:]
    return path

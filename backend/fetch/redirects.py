"""Where a redirect leads, and what may be taken along (RFC 9110, 15.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urldefrag, urljoin, urlsplit

from requests.utils import requote_uri

from backend.domain.exchange import Request, SourceUnavailable
from backend.fetch.addresses import AddressRefused

MOST_REDIRECTS = 5
SAME_METHOD = frozenset({307, 308})
REDIRECTS = SAME_METHOD | {301, 302, 303}
# Taken to another host; any other header could be a key meant for the first one only.
HARMLESS = frozenset({"accept", "accept-language", "content-type", "if-none-match", "if-modified-since"})


def redirected(asked: Request, url: str, status: int, headers: Mapping[str, str]) -> Request | None:
    """What to ask next, or None if this answer is no redirect. `url` is where the answer came from.

    Raises SourceUnavailable for a Location that is no URL, AddressRefused for one that hides where it leads.
    """
    location = headers.get("location", "").strip()
    if status not in REDIRECTS or not location:
        return None
    if "\\" in location:  # quoting would hide it; some readers take it for a slash
        raise AddressRefused(f"{url}: redirects to {location[:200]!r}: refused: a backslash in the URL")
    try:
        # http.client reads header bytes as Latin-1; servers that put other letters there write UTF-8.
        location = location.encode("latin-1").decode("utf-8", "replace")
        target = requote_uri(urldefrag(urljoin(url, location)).url)
        other_origin = _origin(target) != _origin(url)
    except ValueError as error:
        raise SourceUnavailable(
            f"{url}: redirects to {location[:200]!r}, which is no URL ({error})"
        ) from None
    kept = {
        name: value for name, value in asked.headers.items() if not other_origin or name.lower() in HARMLESS
    }
    if status in SAME_METHOD or asked.method in {"GET", "HEAD"}:
        return replace(asked, url=target, headers=kept)
    kept = {name: value for name, value in kept.items() if name.lower() != "content-type"}
    return replace(asked, url=target, method="GET", body=None, headers=kept)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()

"""Which addresses are never asked: URLs come from users and from careers sites, and both may be hostile."""

from __future__ import annotations

import re
import socket
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import idna
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from backend.domain.exchange import SourceError

LONGEST_URL = 8000
PORTS = frozenset({80, 443})
NOTHING: frozenset[str] = frozenset()

# The special-purpose registries of IANA, and what they leave out: multicast, reserved, retired forms.
V4_REFUSED = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "an address shared behind a carrier's NAT"),
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "an address reserved for protocols"),
        ("192.0.2.0/24", "an address for documentation"),
        ("192.88.99.0/24", "a retired 6to4 relay address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address for benchmarks"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
V6_REFUSED = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("::/96", "an IPv4-compatible address"),
        ("::ffff:0:0:0/96", "an IPv4-translated address"),
        ("64:ff9b:1::/48", "a local NAT64 address"),
        ("100::/64", "a discard address"),
        ("2001::/32", "a Teredo address"),
        ("2001:db8::/32", "an address for documentation"),
        ("2001::/23", "an address reserved for protocols"),
        ("2002::/16", "a 6to4 address"),
        ("3fff::/20", "an address for documentation"),
        ("fc00::/7", "a unique local (private) address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    )
)
V6_PUBLIC = IPv6Network("2000::/3")
# Judged by the IPv4 address in the last 32 bits: a network with DNS64 answers so for every IPv4 site.
V6_CARRIES_V4 = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))

_FORBIDDEN = re.compile(
    r"[\x00-\x20\x7f-\xa0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\\]"
)
_START = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".intranet", ".corp", ".home")


SocketAddress = tuple[socket.AddressFamily, tuple[Any, ...]]


class AddressRefused(SourceError):
    """A URL or an address that is never asked. No OSError: nothing may take it for a network fault."""


def refusal(ip: str | IPv4Address | IPv6Address) -> str | None:
    """Why this address is never connected to, or None where it is public."""
    try:
        address = ip_address(ip)
    except ValueError:
        return "not an IP address"
    if isinstance(address, IPv4Address):
        return next((reason for network, reason in V4_REFUSED if address in network), None)
    for network in V6_CARRIES_V4:
        if address in network:
            reason = refusal(IPv4Address(int(address) & 0xFFFFFFFF))
            return reason and f"{reason} inside IPv6"
    for network, reason in V6_REFUSED:
        if address in network:
            return reason
    return None if address in V6_PUBLIC else "a reserved address"


def check_url(url: str, allow: frozenset[str] = NOTHING) -> None:
    """Raises AddressRefused unless `url` is plain http(s) to what may be a public host, on port 80 or 443.

    `allow` holds exceptions as "host:port". A host name is only judged by its form here: what it resolves
    to is judged when the connection is made (`resolve`).
    """
    if len(url) > LONGEST_URL:
        raise AddressRefused(f"{url[:60]}…: refused: longer than {LONGEST_URL} characters")
    if found := _FORBIDDEN.search(url):
        raise AddressRefused(f"{url!r}: refused: {_name_of(found[0])} in the URL")
    start = _START.match(url)
    if start is None:
        raise AddressRefused(f"{url}: refused: only http:// and https:// URLs are asked")
    if reason := _authority_refusal(start[1].lower(), start[2], allow):
        raise AddressRefused(f"{url}: refused: {reason}")


def resolve(host: str, port: int, allow: frozenset[str] = NOTHING) -> list[SocketAddress]:
    """The checked socket addresses of a host, in the resolver's order. `allow`: "address:port" exceptions.

    Raises AddressRefused if any of them is not public (a name that points at both is up to no good), and
    socket.gaierror or UnicodeError if there is none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, (address, *_) in found:
        reason = refusal(str(address))
        if reason and f"{address}:{port}" not in allow:
            raise AddressRefused(f"{host}: refused: it resolves to {address}, {reason}")
    return [(family, address) for family, _, _, _, address in found]


@lru_cache(maxsize=4096)
def _authority_refusal(scheme: str, authority: str, allow: frozenset[str]) -> str | None:
    """Why the part between `//` and the path is refused, or None."""
    if "@" in authority:
        return "it holds a user name or password"
    if not authority or authority.startswith(":"):
        return "it names no host"
    if "%" in authority:
        return "its host is percent-encoded or has a zone"
    url = f"{scheme}://{authority}/"
    try:
        split, parsed = urlsplit(url), parse_url(url)
        host, port = (split.hostname or "").rstrip("]").lstrip("["), split.port
        ascii_host = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (ValueError, LocationParseError) as error:  # idna's errors are ValueErrors too
        return f"its host or port cannot be read ({error})"
    if (parsed.host or "").strip("[]").lower() != ascii_host.lower() or parsed.port != port:
        return "its host reads differently to different readers"
    if port is None:
        port = 443 if scheme == "https" else 80
    if f"{ascii_host}:{port}" in allow:
        return None
    if port not in PORTS:
        return f"port {port}; only 80 and 443 are asked"
    return _host_refusal(ascii_host)


def _host_refusal(host: str) -> str | None:
    if ":" in host:
        return _literal_refusal(host)
    name = host.removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return _literal_refusal(str(IPv4Address(name)))
        except AddressValueError:
            return "its host is a number in decimal, octal, hexadecimal or shortened form"
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return "its host is not a valid name"
    if len(labels) == 1 or f".{name}".endswith(_LOCAL_ENDINGS):
        return f"{name} is not a public name"
    return None


def _literal_refusal(ip: str) -> str | None:
    reason = refusal(ip)
    return reason and f"{ip} is {reason}"


def _name_of(character: str) -> str:
    if character == "\\":
        return "a backslash"
    return "a space" if character == " " else f"the character U+{ord(character):04X}"

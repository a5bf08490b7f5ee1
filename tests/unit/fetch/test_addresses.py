import socket

import pytest

from backend.domain.exchange import SourceError, SourceUnavailable
from backend.fetch.addresses import AddressRefused, check_url, refusal, resolve

REFUSED = [
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("10.0.0.1", "private"),
    ("10.255.255.255", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.1.1", "private"),
    ("169.254.169.254", "link-local"),
    ("100.64.0.1", "carrier"),
    ("100.127.255.255", "carrier"),
    ("192.88.99.1", "6to4"),
    ("0.0.0.0", "unspecified"),
    ("0.1.2.3", "unspecified"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("192.0.0.8", "reserved"),
    ("192.0.2.1", "documentation"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.9", "documentation"),
    ("198.18.0.1", "benchmarks"),
    ("198.19.255.255", "benchmarks"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::ffff:127.0.0.1", "loopback address inside IPv6"),
    ("::ffff:10.0.0.1", "private"),
    ("::ffff:a9fe:a9fe", "link-local"),
    ("::7f00:1", "IPv4-compatible"),
    ("::ffff:0:7f00:1", "IPv4-translated"),
    ("2002:7f00:1::", "6to4"),
    ("2002:808:808::1", "6to4"),
    ("2001::1", "Teredo"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"),
    ("2001:2::1", "protocols"),
    ("2001:20::1", "protocols"),
    ("64:ff9b::7f00:1", "loopback address inside IPv6"),
    ("64:ff9b::a00:1", "private"),
    ("64:ff9b:1::1", "NAT64"),
    ("64:ff9b:1:ffff::808:808", "NAT64"),
    ("2001:db8::1", "documentation"),
    ("3fff::1", "documentation"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("fec0::1", "site-local"),
    ("fc00::1", "private"),
    ("fd12:3456::1", "private"),
    ("ff02::1", "multicast"),
    ("100::1", "discard"),
    ("4000::1", "reserved"),
    ("5f00::1", "reserved"),
    ("localhost", "not an IP address"),
    ("", "not an IP address"),
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "198.17.255.255",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001:82a::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize(("ip", "reason"), REFUSED)
def test_an_address_that_is_not_public_is_refused_with_its_kind(ip, reason):
    assert reason in (refusal(ip) or "accepted")


@pytest.mark.parametrize("ip", PUBLIC)
def test_a_public_address_is_accepted(ip):
    assert refusal(ip) is None


REFUSED_URLS = [
    ("ftp://example.com/", "only http:// and https://"),
    ("file:///etc/passwd", "only http:// and https://"),
    ("gopher://example.com/", "only http:// and https://"),
    ("javascript:alert(1)", "only http:// and https://"),
    ("//example.com/", "only http:// and https://"),
    ("example.com/jobs", "only http:// and https://"),
    ("http:/example.com/", "only http:// and https://"),
    ("", "only http:// and https://"),
    ("http:///jobs", "names no host"),
    ("http://", "names no host"),
    ("http://:80/", "names no host"),
    ("http://user@example.com/", "user name or password"),
    ("http://user:secret@example.com/", "user name or password"),
    ("http://example.com@127.0.0.1/", "user name or password"),
    ("http://127.0.0.1:80@example.com/", "user name or password"),
    ("http://example.com:8080/", "port 8080"),
    ("https://example.com:22/", "port 22"),
    ("http://example.com:0/", "port 0"),
    ("http://example.com:99999/", "cannot be read"),
    ("http://example.com:port/", "cannot be read"),
    ("http://example.com\\@127.0.0.1/", "backslash"),
    ("http:\\\\example.com/", "backslash"),
    ("http://example.com/a\\b", "backslash"),
    ("http://example.com/a b", "a space"),
    ("http:// example.com/", "a space"),
    ("http://example.com/\r\nHost: other", "U+000D"),
    ("http://exa\tmple.com/", "U+0009"),
    ("http://example.com/\x00", "U+0000"),
    ("http://example.com/\u2028", "U+2028"),
    ("http://exam\u200bple.com/", "U+200B"),
    ("http://example\u00a0.com/", "U+00A0"),
    ("http://127.0.0.1/", "loopback"),
    ("http://127.0.0.1./", "loopback"),
    ("http://10.1.2.3/x?y", "private"),
    ("http://169.254.169.254/latest/meta-data/", "link-local"),
    ("http://[::1]/", "loopback"),
    ("http://[::ffff:127.0.0.1]/", "loopback"),
    ("http://[fe80::1%25eth0]/", "zone"),
    ("http://[::1/", "cannot be read"),
    ("http://[example.com]/", "cannot be read"),
    ("http://2130706433/", "a number in decimal"),
    ("http://017700000001/", "a number in decimal"),
    ("http://0x7f000001/", "a number in decimal"),
    ("http://0x7f.0.0.1/", "a number in decimal"),
    ("http://0177.0.0.1/", "a number in decimal"),
    ("http://127.1/", "a number in decimal"),
    ("http://127.0.0.0x1/", "a number in decimal"),
    ("http://256.256.256.256/", "a number in decimal"),
    ("http://1.2.3.4.5/", "a number in decimal"),
    ("http://example.0x/", "a number in decimal"),
    ("http://localhost/", "not a public name"),
    ("http://LOCALHOST/", "not a public name"),
    ("http://localhost./", "not a public name"),
    ("http://intranet/", "not a public name"),
    ("http://db.internal/", "not a public name"),
    ("http://printer.local/", "not a public name"),
    ("http://a.localhost/", "not a public name"),
    ("http://%31%32%37.0.0.1/", "percent-encoded"),
    ("http://exa..mple.com/", "not a valid name"),
    ("http://.example.com/", "not a valid name"),
    ("http://exa$mple.com/", "host"),
    ("http://" + "a" * 64 + ".com/", "host"),
    ("http://" + "a." * 130 + "com/", "host"),
    ("http://１２７.0.0.1/", "cannot be read"),
    ("http://ⓔxample.com/", "cannot be read"),
    ("http://xn--ü.com/", "cannot be read"),
    ("http://exam\u00adple.com/", "cannot be read"),
    ("http://a\u3002b@c.com/", "user name"),
    ("http://example.com/" + "a" * 8000, "longer than"),
    # each class of addresses, as a host
    ("http://0.0.0.0/", "unspecified"),
    ("http://[::]/", "unspecified"),
    ("http://100.64.0.1/", "carrier"),
    ("http://192.88.99.1/", "6to4 relay"),
    ("http://224.0.0.1/", "multicast"),
    ("http://[ff02::1]/", "multicast"),
    ("http://[fe80::1]/", "link-local"),
    ("http://[fd00::1]/", "private"),
    ("http://[::ffff:7f00:1]/", "loopback address inside IPv6"),
    ("http://[0:0:0:0:0:ffff:10.0.0.1]/", "private address inside IPv6"),
    ("http://[2002:7f00:1::]/", "6to4"),
    ("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "Teredo"),
    ("http://[64:ff9b::7f00:1]/", "loopback address inside IPv6"),
    ("http://[64:ff9b::a9fe:a9fe]/latest/meta-data/", "link-local address inside IPv6"),
    # numbers that some readers take for an address
    ("http://0/", "a number in decimal"),
    ("http://0x7f.1/", "a number in decimal"),
    ("http://0300.0250.1.1/", "a number in decimal"),
    ("http://127.000.000.001/", "a number in decimal"),
    ("http://4294967295/", "a number in decimal"),
    # other schemes
    ("data:text/html,x", "only http:// and https://"),
    ("ws://example.com/", "only http:// and https://"),
    ("dict://127.0.0.1:11211/", "only http:// and https://"),
    ("unix:///run/redis.sock", "only http:// and https://"),
    ("http+unix://%2Frun%2Fredis.sock/", "only http:// and https://"),
    ("jar:http://example.com!/", "only http:// and https://"),
    ("https:example.com", "only http:// and https://"),
    # what readers of addresses disagree about
    ("http://example.com;@127.0.0.1/", "user name or password"),
    ("http://example.com:443@127.0.0.1:22/", "user name or password"),
    ("http://127.0.0.1#.example.com/", "loopback"),
    ("http://127.0.0.1?.example.com/", "loopback"),
    ("http://example.com%00.127.0.0.1/", "percent-encoded"),
    ("http://[::ffff:127.0.0.1%25lo]/", "zone"),
    ("http://[127.0.0.1]/", "cannot be read"),
    ("http://[1::2::3]/", "cannot be read"),
    ("http://fec0::1/", "cannot be read"),
    ("http://example.com:80:443/", "cannot be read"),
    ("http://example.com:+80/", "cannot be read"),
    ("http://example.com:\uff18\uff10/", "cannot be read"),
    ("http://127\u30020\u30020\u30021/", "cannot be read"),
    ("http://////127.0.0.1/", "names no host"),
    ("https:/\\example.com/", "backslash"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED_URLS, ids=lambda value: ascii(value)[:50])
def test_a_url_that_may_not_be_asked_is_refused_and_says_why(url, reason):
    with pytest.raises(AddressRefused) as refused:
        check_url(url)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://boards-api.greenhouse.io/v1/boards/stripe/jobs?content=true",
        "HTTPS://API.Lever.co/v0/postings/x",
        "https://example.com",
        "https://example.com?query",
        "http://example.com:80/",
        "http://example.com:443/",
        "https://example.com./jobs",
        "https://a_b.example.com/",
        "https://1-2.example.com/",
        "https://bücher.example/jobs",
        "https://xn--bcher-kva.example/",
        "https://пример.рф/вакансии",
        "https://例え.jp/",
        "http://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://example.com/Forward%20Financing?x=%5C#fragment",
        "https://example.com/a@b:c",
    ],
)
def test_a_plain_public_url_may_be_asked(url):
    check_url(url)


def test_an_allowance_excepts_one_host_and_port_only():
    allow = frozenset({"127.0.0.1:8080"})
    check_url("http://127.0.0.1:8080/x", allow)
    for url in ("http://127.0.0.1:8081/", "http://127.0.0.1/", "http://127.0.0.2:8080/"):
        with pytest.raises(AddressRefused):
            check_url(url, allow)


def test_a_refusal_is_an_error_of_the_source_and_no_network_fault():
    assert issubclass(AddressRefused, SourceError)
    assert not issubclass(AddressRefused, OSError | SourceUnavailable)


def resolving_to(monkeypatch, *answers):
    """The resolver answers these lists of addresses, one list a question."""
    waiting = list(answers)

    def getaddrinfo(host, port, *_, **__):
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
            for ip in waiting.pop(0)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return waiting


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    resolving_to(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(
        AddressRefused, match=r"board\.example: refused: it resolves to 10\.0\.0\.1, a private"
    ):
        resolve("board.example", 443)


@pytest.mark.parametrize(("ip", "reason"), [case for case in REFUSED if case[0] not in {"localhost", ""}])
def test_a_name_that_resolves_to_what_is_not_public_is_refused_with_its_kind(monkeypatch, ip, reason):
    resolving_to(monkeypatch, [ip])
    with pytest.raises(AddressRefused) as refused:
        resolve("board.example", 443)
    assert str(refused.value).startswith(f"board.example: refused: it resolves to {ip}, ")
    assert reason in str(refused.value)


def test_a_name_that_resolves_differently_the_second_time_is_refused_then(monkeypatch):
    resolving_to(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    assert resolve("board.example", 443)
    with pytest.raises(AddressRefused, match=r"it resolves to 127\.0\.0\.1, a loopback"):
        resolve("board.example", 443)


def test_a_public_name_resolves_to_its_addresses_in_order(monkeypatch):
    resolving_to(monkeypatch, ["2606:4700::1111", "8.8.8.8"])
    assert [address[0] for _, address in resolve("board.example", 443)] == ["2606:4700::1111", "8.8.8.8"]

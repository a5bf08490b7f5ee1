"""Answers gone wrong: one mutation after the other, from a seed, for any source's sample."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

Mutation = Callable[[bytes, random.Random], bytes]

HTML = b"<!DOCTYPE html><html><head><title>Careers</title></head><body><p>Welcome</p></body></html>"
LOGIN = b"<html><body><form action=/session><input name=u><input type='password' name=p></form></body></html>"
BOMB = b"<!DOCTYPE x [<!ENTITY a 'ha'>%s]>" % b"".join(
    b"<!ENTITY %c '%s'>" % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghi"
)
MOST_LETTERS = 5_000_000  # of one value: far larger answers do not get past the limit of a body
OUTSIDE = b'<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**30, 1.5e308, -0.0, 2**63, 1e-9),
    *("", " ", "\x00", "a\x00b", "\ud800", "\u202e", "x" * 5000, "<script>", "&lt;&amp;lt;", "&i;" * 50),
    *("2026-13-45", "0000-00-00", "99999999999999999", "-1", "NaN", "javascript:alert(1)", "//evil.example"),
    *("http://[", "https://a.example:99999/", "%00", "../" * 40, "\ufffe", "İ" * 300, "🙂" * 200),
    *([], {}, [[]], [None], {"": None}, [1, "a", {}], {"id": {"id": {"id": 1}}}, ["x"] * 300),
)


def nested(depth: int) -> Any:
    value: Any = "deep"
    for number in range(depth):
        value = [value] if number % 2 else {"a": value}
    return value


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from spots(inner, (*path, key))


def in_json(change: Callable[[Any, Any, random.Random], None]) -> Mutation:
    """A change of one or two values of a JSON answer: it gets what holds the value, and its key."""

    def mutation(body: bytes, chance: random.Random) -> bytes:
        answer = json.loads(body)
        for _ in range(chance.choice((1, 1, 2, 4))):
            found = list(spots(answer))
            if not found:
                break
            *way, key = chance.choice(found)
            holder = answer
            for step in way:
                holder = holder[step]
            change(holder, key, chance)
        return json.dumps(answer, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")

    return mutation


def drop(holder: Any, key: Any, _: random.Random) -> None:
    del holder[key]


def swap(holder: Any, key: Any, chance: random.Random) -> None:
    holder[key] = deepcopy(chance.choice(STRANGE))


def null(holder: Any, key: Any, _: random.Random) -> None:
    holder[key] = None


def wrap(holder: Any, key: Any, chance: random.Random) -> None:
    holder[key] = chance.choice(([holder[key]], {"value": holder[key]}, str(holder[key])))


def rename(holder: Any, key: Any, _: random.Random) -> None:
    if isinstance(holder, dict):
        holder[f"{key}_"] = holder.pop(key)


def deepen(holder: Any, key: Any, chance: random.Random) -> None:
    holder[key] = nested(chance.choice((5, 50, 150)))


def repeat(holder: Any, key: Any, chance: random.Random) -> None:
    if isinstance(holder, list):
        holder.extend(deepcopy(holder[key]) for _ in range(chance.choice((1, 1, 3, 50))))


def swell(holder: Any, key: Any, chance: random.Random) -> None:
    times = chance.choice((10, 300))
    if isinstance(holder[key], str) and len(holder[key]) * times <= MOST_LETTERS:
        holder[key] *= times


def truncated(body: bytes, chance: random.Random) -> bytes:
    return body.rstrip()[: chance.randrange(len(body.rstrip()))]


def flipped(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def spliced(body: bytes, chance: random.Random) -> bytes:
    start, other = chance.randrange(len(body)), chance.randrange(len(body))
    return body[:start] + body[other : other + chance.choice((3, 30, 300))] + body[start:]


def cut_out(body: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body))
    return body[:start] + body[start + chance.choice((1, 10, 100, 1000)) :]


def with_nul(body: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body))
    return body[:start] + b"\x00" * chance.choice((1, 4)) + body[start:]


def encoded(body: bytes, chance: random.Random) -> bytes:
    text = body.decode("utf-8", "replace")
    name = chance.choice(
        ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1251", "utf-8-sig", "utf-7", "cp037")
    )
    return text.encode(name, "replace")


def page(_: bytes, chance: random.Random) -> bytes:
    return chance.choice((HTML, HTML[: chance.randrange(1, len(HTML))], HTML + b"<p>Jobs</p>" * 2000))


def login(_: bytes, __: random.Random) -> bytes:
    return LOGIN


def noise(_: bytes, chance: random.Random) -> bytes:
    empty = (b"", b" \n", b"null", b"[]", b"{}", b"0", b'""', b"<a/>", b"\x1f\x8b\x08\x00", b"\xff\xfe")
    return chance.choice((*empty, chance.randbytes(chance.choice((1, 20, 3000)))))


def abyss(_: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"[" * 50_000, b'{"a":' * 50_000, b"<a>" * 20_000, b"<div>" * 20_000 + b"x"))


def doubled(body: bytes, chance: random.Random) -> bytes:
    return body + chance.choice((body, b"\n" + body[:100], b"<!-- -->", b"garbage"))


def bombed(body: bytes, chance: random.Random) -> bytes:
    """A DTD before the root: nested entities, or a file of ours."""
    declared = chance.choice((BOMB, OUTSIDE, b"<!DOCTYPE x SYSTEM 'http://evil.example/x.dtd'>"))
    start = re.search(rb"<[A-Za-z]", body)
    at = start.start() if start else 0
    end = body.find(b">", at) + 1
    return body[:at] + declared + body[at:end] + b"&i;" + body[end:]


def untagged(body: bytes, chance: random.Random) -> bytes:
    tags = list(re.finditer(rb"<[^<>]{1,200}>", body))
    if not tags:
        return body
    for tag in sorted(
        chance.sample(tags, min(len(tags), chance.choice((1, 2, 10)))), key=lambda one: -one.start()
    ):
        body = body[: tag.start()] + body[tag.end() :]
    return body


def unquoted(body: bytes, chance: random.Random) -> bytes:
    return body.replace(chance.choice((b'"', b"'", b"=", b">", b":")), b"", chance.choice((1, 5, -1)))


# What these leave is never the whole list: an answer that then reads as a complete one would close listings.
BROKEN = {"truncated": truncated, "a page": page, "a log-in page": login, "too deep": abyss}
BYTES: dict[str, Mutation] = {
    **BROKEN,
    "flipped": flipped,
    "spliced": spliced,
    "cut out": cut_out,
    "NUL": with_nul,
    "encoding": encoded,
    "noise": noise,
    "doubled": doubled,
    "unquoted": unquoted,
}
MUTATIONS: dict[str, dict[str, Mutation]] = {
    "json": BYTES
    | {
        change.__name__: in_json(change) for change in (drop, swap, null, wrap, rename, deepen, repeat, swell)
    },
    "xml": BYTES | {"entity bomb": bombed, "tags dropped": untagged},
    "page": BYTES | {"entity bomb": bombed, "tags dropped": untagged},
}
OFTEN = ("drop", "swap", "null", "wrap", "rename", "tags dropped", "cut out")


def mutated(body: bytes, kind: str, chance: random.Random) -> tuple[str, bytes]:
    """The name of a mutation, and the body it leaves. Those that change one value come most often."""
    known = MUTATIONS[kind]
    names = [*known, *(name for name in OFTEN if name in known for _ in range(3))]
    name = chance.choice(names)
    return name, known[name](body, chance)

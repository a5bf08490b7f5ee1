"""The oracle: reads what the mail server accepted, and compares it with what was published and looked for.

It counts by (tracker, role): the places of a role are told on one card. What must be told is what stands on a
board in the end and is found as it stands there. What was found only as it stood in between, or was
withdrawn, may be told: nobody can know whether a crawl came in time. What a board had before the trackers
were made is never told, also where the board is watched only later.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.faults.publisher import Published
from tests.faults.searches import Saying, Search

GROUP = re.compile(r"== (.+) ==")
ALSO = re.compile(r" \| also for (.+)$")
APPLY = re.compile(r"  Apply: (\S+)")
MORE = re.compile(r"and \d+ more: ")

Pair = tuple[str, int]
"""A tracker's name and a role."""
NOBODYS = -1
"""The role of a listing that we did not publish."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A tracker as its user made it. Its name is the only one of its kind."""

    name: str
    to: str
    search: Search


@dataclass(slots=True)
class Verdict:
    """`repeated`: messages that came again with the same Message-ID. `wrong`: told without a reason."""

    expected: int
    told: int
    messages: int
    repeated: int
    missing: list[Pair]
    doubled: list[Pair]
    wrong: list[Pair]

    @property
    def different(self) -> int:
        """Messages with a Message-ID of their own."""
        return self.messages - self.repeated

    @property
    def holds(self) -> bool:
        return not (self.missing or self.doubled or self.wrong)


@dataclass(slots=True)
class Mail:
    """What was accepted so far. `told`: tracker, address of a listing -> the messages that told it."""

    file: Path
    offset: int = 0
    messages: int = 0
    ids: set[str] = field(default_factory=set)
    told: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    to: dict[str, str] = field(default_factory=dict)

    def read_on(self) -> None:
        if not self.file.exists():
            return
        with self.file.open("rb") as lines:
            lines.seek(self.offset)
            for line in lines:
                if not line.endswith(b"\n"):
                    return
                self.offset += len(line)
                self._read(line)

    def _read(self, line: bytes) -> None:
        raw = json.loads(line)["message"].encode("latin-1")
        message = email.message_from_bytes(raw, policy=email.policy.default)
        text = message.get_body(("plain",))
        assert text is not None
        message_id = str(message["Message-ID"])
        self.messages += 1
        self.ids.add(message_id)
        for name, url in cards(text.get_content().splitlines()):
            self.told.setdefault((name, url), set()).add(message_id)
            self.to[name] = str(message["To"])


def cards(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(tracker's name, address of the listing) of each card of a digest, and of the trackers named on it."""
    name, others = "", list[str]()
    for line in lines:
        if group := GROUP.fullmatch(line):
            name = group[1]
        elif also := ALSO.search(line):
            others = also[1].split(", ")
        elif apply := APPLY.fullmatch(line):
            yield from ((each, apply[1]) for each in (name, *others))
            others = []
        elif MORE.match(line):
            raise AssertionError("a mail was too long to show all that it tells: the oracle cannot read it")


class Oracle:
    """Knows the trackers, what was published, and where the accepted mails are."""

    def __init__(self, watches: Sequence[Watch], published: Sequence[Published], mails: Path) -> None:
        self.watches, self.published, self.mail = watches, published, Mail(mails)
        self.by_word: dict[str, list[Watch]] = {}
        for watch in watches:
            for word in watch.search.needs:
                self.by_word.setdefault(word, []).append(watch)

    @cached_property
    def expected(self) -> tuple[set[Pair], set[Pair]]:
        """What must be told, and what may be told: all that must be and more. Ask when all is published."""
        must, may = set[Pair](), set[Pair]()
        for listing in self.published:
            for number, saying in enumerate(listing.sayings, 1):
                stands = number == len(listing.sayings) and not listing.withdrawn
                for watch in () if listing.stock else self.that_find(saying):
                    may.add((watch.name, listing.role))
                    if stands:
                        must.add((watch.name, listing.role))
        return must, may

    def that_find(self, saying: Saying) -> Iterator[Watch]:
        for word in {*saying.title, *saying.text}:
            yield from (watch for watch in self.by_word.get(word, ()) if watch.search.finds(saying))

    def told(self) -> dict[Pair, set[str]]:
        self.mail.read_on()
        roles = {listing.url: listing.role for listing in self.published}
        found: dict[Pair, set[str]] = {}
        for (name, url), messages in self.mail.told.items():
            found.setdefault((name, roles.get(url, NOBODYS)), set()).update(messages)
        return found

    def verdict(self) -> Verdict:
        must, may = self.expected
        told = self.told()
        owners = {watch.name: watch.to for watch in self.watches}
        wrong = {pair for pair in told if pair not in may or self.mail.to[pair[0]] != owners.get(pair[0])}
        return Verdict(
            expected=len(must),
            told=len(told),
            messages=self.mail.messages,
            repeated=self.mail.messages - len(self.mail.ids),
            missing=sorted(must - told.keys()),
            doubled=sorted(pair for pair, messages in told.items() if len(messages) > 1),
            wrong=sorted(wrong),
        )

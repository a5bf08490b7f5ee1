"""What to offer while one types: the heaviest texts that have a word beginning so, whatever its letters.

One file holds them, made once a host and mapped into memory by every process that asks. For each kind it has
the sorted keys (a text from each of its words on), and above their weights a tournament: the heaviest key of
a range is found in the logarithm of its length, so one letter costs no more than ten.
"""

from __future__ import annotations

import heapq
import json
import mmap
import os
import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.domain.analyse import plain
from backend.search.generations import Signature, signature

NAME = "completions"
_FORMAT = 1
_WORD = 4  # bytes of a number
_INNER = 4  # a text that begins as typed counts for so many that only have a word beginning so
_KEY_LENGTH = 60
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Offer:
    """A text to show, the query it stands for, and how many listings that finds."""

    text: str
    query: str
    count: int


@dataclass(frozen=True, slots=True)
class _Section:
    """The offers of one kind. `keys[i]` is a slice of `names`; `owners[i]` the offer it belongs to."""

    names: memoryview
    starts: memoryview
    owners: memoryview
    tree: memoryview
    texts: memoryview
    ends: memoryview

    def best(self, prefix: bytes, most: int) -> list[Offer]:
        size = len(self.owners)
        low = bisect_left(range(size), prefix, key=self._key)
        high = bisect_left(range(size), prefix + _LAST.encode(), lo=low, key=self._key)
        found: dict[int, None] = {}
        for place in self._heaviest(low, high):
            found.setdefault(self.owners[place])
            if len(found) == most:
                break
        return [self._offer(owner) for owner in found]

    def _key(self, place: int) -> bytes:
        return bytes(self.names[self.starts[place] : self.starts[place + 1]])

    def _offer(self, owner: int) -> Offer:
        start = self.ends[owner - 1] if owner else 0
        text, query, count = bytes(self.texts[start : self.ends[owner]]).decode().split("\n")
        return Offer(text, query, int(count))

    def _heaviest(self, low: int, high: int) -> Iterator[int]:
        """The places from `low` up to, not including, `high`, the heaviest first."""
        size, tree = len(self.owners), self.tree
        waiting = [(-tree[node], node) for node in _covering(low + size, high + size)]
        heapq.heapify(waiting)
        while waiting:
            _, node = heapq.heappop(waiting)
            if node >= size:
                yield node - size
            else:
                for child in (2 * node, 2 * node + 1):
                    heapq.heappush(waiting, (-tree[child], child))


def _covering(low: int, high: int) -> Iterator[int]:
    """The nodes of a tournament that together stand over the leaves from `low` up to `high`."""
    while low < high:
        if low & 1:
            yield low
            low += 1
        if high & 1:
            high -= 1
            yield high
        low, high = low // 2, high // 2


class Completions:
    """The file of one directory, for any number of threads; it is opened anew when it was replaced."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / NAME
        self._lock = threading.Lock()
        self._seen: Signature | None = None
        self._sections: dict[str, _Section] = {}

    def best(self, kind: str, typed: str, most: int) -> list[Offer]:
        """At most so many offers with a word that begins as typed; none while there is no file."""
        prefix = plain(typed)
        section = self._opened().get(kind)
        return section.best(prefix.encode(), most) if section is not None and prefix else []

    def _opened(self) -> Mapping[str, _Section]:
        seen = signature(self.path)
        with self._lock:
            if seen != self._seen:
                self._sections = _read(self.path) if seen else {}
                self._seen = seen
            return self._sections


Parts = list[bytes]


def write(directory: Path, sections: Mapping[str, Parts]) -> None:
    """Replace the file: kind -> what `section` made of its offers."""
    sizes = {kind: [len(part) for part in parts] for kind, parts in sections.items()}
    head = json.dumps({"format": _FORMAT, "sizes": sizes}).encode()
    head += b" " * (-(len(head) + 1) % _WORD) + b"\n"
    directory.mkdir(parents=True, exist_ok=True)
    beside = directory / f".{NAME}.{os.getpid()}"
    with beside.open("wb") as file:
        file.write(head)
        file.writelines(part + b"\0" * (-len(part) % _WORD) for parts in sections.values() for part in parts)
    beside.replace(directory / NAME)


def section(offers: Sequence[Offer]) -> Parts:
    """The parts of a `_Section`, in its order."""
    keys = sorted(
        (key.encode(), owner, offer.count * (_INNER if first else 1))
        for owner, offer in enumerate(offers)
        for key, first in _keys(offer.text)
    )
    starts, ends = array("I", [0]), array("I")
    for key, _, _ in keys:
        starts.append(starts[-1] + len(key))
    size = len(keys)
    tree = array("I", [0]) * size + array("I", (min(weight, 2**32 - 1) for _, _, weight in keys))
    for node in range(size - 1, 0, -1):
        tree[node] = max(tree[2 * node], tree[2 * node + 1])
    texts = [f"{offer.text}\n{offer.query}\n{offer.count}".encode() for offer in offers]
    for text in texts:
        ends.append((ends[-1] if ends else 0) + len(text))
    owners = array("I", (owner for _, owner, _ in keys))
    names = b"".join(key for key, _, _ in keys)
    return [names, starts.tobytes(), owners.tobytes(), tree.tobytes(), b"".join(texts), ends.tobytes()]


def _keys(text: str) -> Iterator[tuple[str, bool]]:
    """The text from each of its words on, and whether that is the first."""
    words = plain(text).split()
    for number in range(len(words)):
        yield " ".join(words[number:])[:_KEY_LENGTH], number == 0


def _read(path: Path) -> dict[str, _Section]:
    """Nothing where it cannot be read: it is made anew."""
    try:
        with path.open("rb") as file:
            mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        at = bytes(mapped[:4096]).index(b"\n") + 1
        head = json.loads(bytes(mapped[:at]))
        if head["format"] != _FORMAT:
            return {}
        sections = {}
        for kind, sizes in head["sizes"].items():
            parts = []
            for size in sizes:
                parts.append(mapped[at : at + size])
                at += size + -size % _WORD
            names, starts, owners, tree, texts, ends = parts
            sections[kind] = _Section(
                names, starts.cast("I"), owners.cast("I"), tree.cast("I"), texts, ends.cast("I")
            )
        return sections
    except (OSError, ValueError, KeyError, TypeError):
        return {}

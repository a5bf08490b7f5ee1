"""Are two listings of one company the same role, listed for another place or on another board?"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from backend.domain.analyse import plain, plain_parts, terms

ALIKE = 0.95  # of the words of both texts


def role_title(title: str, places: Iterable[str]) -> str:
    """A title's terms without those of its own places: `Chef (Bonn)` and `Chef (Kiel)` are one role.

    A title that is nothing but its place keeps it.
    """
    local = set(plain_parts(places).split())
    kept = [term for term in terms(title) if term not in local]
    return " ".join(kept) or plain(title)


def words_of(text: str, places: Iterable[str]) -> frozenset[str]:
    """The words by which texts are compared: all but those of the listing's own places."""
    return frozenset(plain(text).split()).difference(plain_parts(places).split())


def alike(one: Collection[str], other: Collection[str]) -> bool:
    """Whether two texts have nearly all words in common. Two without any are alike."""
    first, second = frozenset(one), frozenset(other)
    either = len(first | second)
    return either == 0 or len(first & second) / either >= ALIKE

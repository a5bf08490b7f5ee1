"""Anchors and the sieve decide as matching does, for any queries and listings."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain import anchors
from backend.domain.anchors import Rarity, guess, possible_anchors, rules_of, rules_or_every
from backend.domain.matching import Document, document, matches
from backend.domain.query import parse
from backend.domain.query_nodes import Node
from backend.domain.sieve import Sieve, positions
from tests.services.test_search_agrees import DOCUMENTS, NOW, QUERIES, parsed


def anchors_of(node: Node, rarity: Rarity) -> set[str] | None:
    rules = rules_of(node, rarity)
    return None if rules is None else set(rules)


@settings(max_examples=300, deadline=None)
@given(documents=st.lists(DOCUMENTS, min_size=1, max_size=6), text=QUERIES, seed=st.integers(0, 9))
def test_whatever_a_query_matches_emits_one_of_its_anchors(
    documents: list[Document], text: str, seed: int
) -> None:
    node = parsed(text).node
    rarities = {key: random.Random(f"{key} {seed}").random() for key in possible_anchors(node)}
    chosen = anchors_of(node, rarities.__getitem__)
    for one in documents:
        if chosen is not None and matches(parsed(text), one, NOW):
            assert chosen & one.keys, text


@settings(max_examples=600, deadline=None)
@given(
    documents=st.lists(DOCUMENTS, min_size=1, max_size=6),
    texts=st.lists(QUERIES, min_size=1, max_size=6),
    seed=st.integers(0, 9),
)
def test_what_stands_beside_the_anchors_decides_as_matching_does(
    documents: list[Document], texts: list[str], seed: int
) -> None:
    queries = dict(enumerate(map(parsed, texts)))
    sieve = Sieve(documents, NOW)
    places = {key: place for place, key in enumerate(sieve.keys)}
    met = sieve.met(
        (places[key], number, str(rest))
        for number, query in queries.items()
        for key, rest in rules_or_every(
            query.node, lambda key: random.Random(f"{key} {seed}").random()
        ).items()
        if key in places
    )
    for number, query in queries.items():
        wanted = [position for position, one in enumerate(documents) if matches(query, one, NOW)]
        found = met.match.get(number, 0) | sieve.ask(query, met.may.get(number, 0))
        assert positions(found) == wanted, query.canonical


@pytest.mark.parametrize(
    ("text", "rests"),
    [
        ("rust", {"=rust": ""}),
        ("engineers rust", {"=rust": "engineers"}),
        ("rust -react country:de", {"=rust": "country=DE\n-=react"}),
        ("rust (react OR mode:remote)", {"=rust": "mode=remote|=react"}),
        ('"rust developer"', {"=rust": "=developer\n?"}),
        ("title:rust", {"=rust": "?"}),
        ("rust salary>50k", {"=rust": "has:salary\n?"}),
        ("rust OR (swift react)", {"=rust": "", "=swift": "=react"}),
    ],
)
def test_beside_an_anchor_stands_the_rest_of_the_query(text: str, rests: dict[str, str]) -> None:
    rules = rules_of(parse(text).node, lambda key: {"=rust": 0.01, "=swift": 0.02}.get(key, 0.5))
    assert rules is not None
    assert {key: str(rest) for key, rest in rules.items()} == rests


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rust kotlin", {"=rust"}),
        ('"kotlin" OR rust', {"=kotlin", "=rust"}),
        ('"machine learning" -rust', {"=machine"}),
        ("country:de salary>50k", {"country=DE"}),
        ("kot*", {"kot*"}),
        ("kotl* posted<7d", {"kot*"}),
        ("posted<7d", {"has:posted"}),
        ("(rust OR -kotlin) mode:remote", {"mode=remote"}),
    ],
)
def test_a_query_is_filed_under_its_rarest_terms(text: str, wanted: set[str]) -> None:
    shares = {"=rust": 0.01, "=kotlin": 0.02, "=machine": 0.01, "country=DE": 0.1, "kot*": 0.1}
    assert anchors_of(parse(text).node, lambda key: shares.get(key, 0.5)) == wanted


def test_all_inflected_forms_of_a_word_are_its_anchors() -> None:
    chosen = anchors_of(parse("engineers").node, guess)
    assert chosen is not None
    for text in ("engineer", "the engineering of your work", "ingenieur", "engineers"):
        listing = document(title=text, first_seen_at=NOW)
        assert bool(chosen & listing.keys) == matches(parse("engineers"), listing, NOW), text


@pytest.mark.parametrize("text", ["", "-rust", "seen<7d", "rust OR -kotlin", "rust OR seen<2d"])
def test_what_nearly_everything_matches_has_no_anchors(text: str) -> None:
    assert anchors_of(parse(text).node, guess) is None


def test_without_counts_the_longer_word_is_taken_for_the_rarer() -> None:
    assert anchors_of(parse('"go" "kubernetes" mode:remote').node, guess) == {"=kubernetes"}


def test_every_listing_emits_what_queries_without_anchors_are_filed_under() -> None:
    assert "has:seen" in document(title="", first_seen_at=NOW).keys
    assert anchors.VERSION > 0

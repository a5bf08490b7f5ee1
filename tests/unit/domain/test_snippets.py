from __future__ import annotations

from backend.domain.query import parse
from backend.domain.query_nodes import TextField, sought_terms
from backend.domain.snippets import WIDTH, marked, snippet


def shown(text: str, query: str) -> str | None:
    return snippet(text, sought_terms(parse(query).node))


def test_found_words_are_marked_and_the_rest_is_escaped() -> None:
    assert shown("C++ & <b>", "c++") == "<mark>C++</mark> &amp; &lt;b&gt;"
    assert shown("Wir suchen Köche", "koche") == "Wir suchen <mark>Köche</mark>"
    assert shown("deep machine learning", '"machine learning"') == "deep <mark>machine learning</mark>"
    assert shown("JavaScript", "java*") == "<mark>JavaScript</mark>"


def test_the_piece_with_most_of_the_words_is_shown() -> None:
    text = "python here. " + "filler words " * 40 + "python and django there. " + "filler words " * 40
    piece = shown(text, "python django")
    assert piece is not None
    assert "<mark>django</mark>" in piece
    assert len(piece) < WIDTH + 60


def test_inflected_forms_are_marked_unless_the_word_is_quoted() -> None:
    assert shown("Companies of engineers", "company engineer") == (
        "<mark>Companies</mark> of <mark>engineers</mark>"
    )
    assert shown("Engineers and an engineer", '"engineer"') == "Engineers and an <mark>engineer</mark>"
    assert shown("des développeuses", "développeuse") == "des <mark>développeuses</mark>"


def test_words_are_marked_however_they_are_written() -> None:
    assert shown("We use NodeJS.", "node.js") == "We use <mark>NodeJS</mark>."
    assert shown("machine-learning, mostly", '"machine learning"') == "<mark>machine-learning</mark>, mostly"
    assert shown("東京都で働く", "東京") == "<mark>東京</mark>都で働く"
    assert shown("ﬁnance in İstanbul", "finance istanbul") == "<mark>ﬁnance</mark> in <mark>İstanbul</mark>"


def test_excluded_words_are_not_marked_and_nothing_found_is_none() -> None:
    assert shown("java", "-java") is None
    assert shown("cobol", "python") is None


def test_a_title_is_marked_whole_with_the_words_that_may_stand_in_it() -> None:
    sought = sought_terms(parse("engineers title:backend company:acme -java").node)
    assert marked("Backend Engineer, Acme <i>", sought, TextField.TITLE) == (
        "<mark>Backend</mark> <mark>Engineer</mark>, Acme &lt;i&gt;"
    )
    assert marked("Acme Engineering", sought, TextField.COMPANY) == (
        "<mark>Acme</mark> <mark>Engineering</mark>"
    )
    assert marked("Berlin", sought, TextField.LOCATION) is None

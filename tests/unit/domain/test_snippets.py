from __future__ import annotations

import re

import pytest

from backend.domain.query import parse
from backend.domain.query_nodes import TextField, sought_terms
from backend.domain.snippets import WIDTH, marked, snippet, snippet_of


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


@pytest.mark.parametrize("between", [" ", "-", " <b>", "&nbsp;", "\u2013", ", "])
def test_a_phrase_is_marked_whatever_stands_between_its_words(between: str) -> None:
    words = sought_terms(parse('"go to market"').node)
    html = f"<p>They cargo to market. We go{between}to market</p><p>and to the market we go</p>"
    piece = snippet_of(html, words)
    assert piece is not None
    assert piece.count("<mark>") == 1
    assert "We <mark>go" in piece


def test_words_of_a_phrase_that_stand_apart_are_not_marked() -> None:
    words = sought_terms(parse('"month-end close"').node)
    assert snippet_of("<p>At the end of the month we close.</p>", words) is None
    assert snippet_of("<p>month-end closed</p>", words) is None


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


FILLER = "<p>" + "filler &amp; <b>words</b> " * 40 + "</p>"


@pytest.mark.parametrize(
    ("html", "query", "piece"),
    [
        (
            "<p>We like <b>C++</b> &amp; tea &lt;script&gt;</p>",
            "c++",
            "We like <mark>C++</mark> &amp; tea &lt;script&gt;",
        ),
        (
            f'{FILLER}<ul><li><a href="https://python.test">Py</a>thon</li></ul>{FILLER}',
            "python",
            "<mark>Python</mark>",
        ),
        (f"{FILLER}<p>JavaScript</p>{FILLER}<p>Java</p>{FILLER}", "java", "<mark>Java</mark>"),
        (f"{FILLER}<p>Köche</p>{FILLER}", "koche", "<mark>Köche</mark>"),
        (
            f"{FILLER}<p>here python</p>{FILLER}<p>python, django</p>",
            "python django",
            "<mark>python</mark>, <mark>django</mark>",
        ),
    ],
)
def test_of_a_description_only_its_text_is_shown(html: str, query: str, piece: str) -> None:
    shown_of_html = snippet_of(html, sought_terms(parse(query).node))
    assert shown_of_html is not None
    assert piece in shown_of_html
    assert set(re.findall("<[^>]*>", shown_of_html)) == {"<mark>", "</mark>"}
    assert snippet_of(html, sought_terms(parse("cobol").node)) is None

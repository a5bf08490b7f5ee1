from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.domain.analyse import BREAK, asked_terms, plain, plain_parts, spelling, terms, tokens

pieces = st.sampled_from(
    [
        "c++",
        "C#",
        ".NET",
        "asp.net",
        "node.js",
        "ReactJS",
        "r&d",
        "a",
        "Ш",
        "é",
        "東",
        "京都",
        "が",
        "ﾊﾞ",
        "서울",
        " ",
        "-",
        "+",
        "#",
        "&",
        ".",
        "İ",
        "ß",
        "ﬁ",
        "́",
        "\xad",
        "1",
        "ﷺ",
        "ᄀ",
        "ᅡ",
        "ㄱ",
        "ไท",
        "हिं",
    ]
)
texts = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=12).map("".join))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Senior PYTHON Engineer", "senior python engineer"),
        ("Développeur Électricité", "developpeur electricite"),
        ("Straße, Łódź, Ørsted", "strasse lodz orsted"),
        ("ＪＡＶＡ　２０２４", "java 2024"),
        ("full-stack don't l’équipe", "full stack don t l equipe"),
        ("engi\u00adneer", "engineer"),
        ("\u2708\ufe0f Berlin \u845b\U000e0100", "berlin \u845b"),
        ("Программист ёлка", "программист елка"),
        ("Μηχανικός ΜΗΧΑΝΙΚΟΣ", "μηχανικοσ μηχανικοσ"),
        ("مُهَنْدِس ٢٠٢٤", "مهندس 2024"),
        ("東京都", "東京 京都 都"),
        ("AI開発", "ai 開発 発"),
        ("서울 개발자", "서울 울 개발 발자 자"),
        ("snake_case", "snake case"),
    ],
)
def test_texts_of_any_script_become_folded_terms(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("java", "javascript"),
        ("c", "c++"),
        ("c", "c#"),
        ("c++", "c#"),
        ("net", ".net"),
        ("r", "R&D"),
        ("go", "golang"),
        ("node", "node.js"),
        ("js", "node.js"),
        ("f", "f#"),
        ("in", ".NET in"),
    ],
)
def test_a_name_is_a_term_of_its_own(one: str, other: str) -> None:
    assert terms(one)[0] != terms(other)[0]
    assert len(terms(one)) == 1


@pytest.mark.parametrize(
    ("spelt", "other"),
    [
        ("C++17", "c++ 17"),
        ("C/C++/C#", "c c++ c#"),
        ("ASP.NET", "asp .net"),
        ("NodeJS", "node.js"),
        ("ReactJS", "react.js"),
        ("(.NET)", ".net"),
        (".NET8", ".net 8"),
        ("Ｃ＋＋", "C++"),
        ("バス", "ﾊﾞｽ"),
    ],
)
def test_spellings_of_one_name_are_the_same_terms(spelt: str, other: str) -> None:
    assert terms(spelt) == terms(other)


def test_a_long_word_is_cut_so_that_the_index_takes_it() -> None:
    assert [len(term) for term in terms("x" * 150 + " y")] == [64, 1]


def test_parts_are_kept_from_running_into_each_other() -> None:
    assert plain_parts(["One two", "...", "three"]) == f"one two {BREAK} three"
    assert BREAK not in plain(f"a {BREAK} b")


@given(texts)
@example("ㄱㅏ")
@example("\u1100\u0300\u1161")
@example("\u1e9e\u0345")
def test_folding_a_folded_word_changes_nothing(text: str) -> None:
    for term in terms(text):
        assert terms(term)[0] == term


@given(texts)
def test_terms_with_places_are_the_same_terms(text: str) -> None:
    found = tokens(text)
    assert tuple(token.term for token in found) == terms(text)
    composed = unicodedata.normalize("NFC", text)
    assert all(0 <= token.start < token.end <= len(composed) for token in found)
    assert [token.position for token in found] == list(range(len(found)))


@given(texts)
def test_the_spelling_of_terms_asks_for_the_same_terms(text: str) -> None:
    found = asked_terms(text)
    assert asked_terms(spelling(found)) == found


@given(texts)
def test_terms_hold_nothing_but_letters_marks_and_digits(text: str) -> None:
    for term in terms(text):
        assert not any(part.isspace() or part in f'"()*:-+#&.{BREAK}' for part in term)


def test_a_token_tells_where_it_stands() -> None:
    text = "We write C++ in Köln"
    places = {token.term: text[token.start : token.end] for token in tokens(text)}
    assert places["cplusplus"] == "C++"
    assert places["koln"] == "Köln"

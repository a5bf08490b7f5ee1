"""Web pages made for people: what counts as the list, and values out of their scripts."""

from __future__ import annotations

from typing import Any

import pytest
from lxml.html import HtmlElement

from backend.sources.answers import page_answer
from backend.sources.base import Request, Response, SourceChanged, SourceUnavailable
from backend.sources.elements import first, inner_html, resolve, text_of
from backend.sources.script_values import script_value

LIST = "<html><body><ul class='jobs'><li>Caf\u00e9 <b>owner</b> &amp; more</li></ul>{}</body></html>"
FORM = "<form><input type='password' name='p'></form>"


def read(body: str | bytes) -> HtmlElement:
    raw = body.encode() if isinstance(body, str) else body
    answer = Response(200, raw, request=Request("https://jobs.example/"))
    return page_answer(answer, "a list of jobs", lambda tree: first(tree, "jobs") is not None)


def test_a_list_with_a_log_in_form_beside_it_is_a_list() -> None:
    assert text_of(first(read(LIST.format(FORM)), "jobs")) == "Caf\u00e9 owner & more"


def test_a_log_in_form_without_a_list_means_try_later() -> None:
    with pytest.raises(SourceUnavailable, match="log-in page"):
        read(f"<html><body>{FORM}</body></html>")


def test_a_page_without_the_list_says_what_was_expected() -> None:
    with pytest.raises(SourceChanged, match="expected a list of jobs, got an HTML page without it"):
        read("<html><body>We will be back soon.</body></html>")


def test_a_page_that_was_cut_off_is_an_error() -> None:
    with pytest.raises(SourceChanged, match="cut off"):
        read(LIST.format("").partition("</body>")[0])


@pytest.mark.parametrize(
    "page",
    [
        LIST.format("<div>" * 5000),
        LIST.format("\x00\x01"),
        LIST.format("<!-- <ul class='jobs'> -->"),
        "<!-- made by hand -->\n<!DOCTYPE html>" + LIST.format(""),
        "\ufeff" + LIST.format(""),
    ],
    ids=["deep", "nul", "comment", "comment first", "byte order mark"],
)
def test_odd_pages_are_read(page: str) -> None:
    assert text_of(first(read(page), "jobs")) == "Caf\u00e9 owner & more"


def test_a_page_may_be_in_an_older_encoding() -> None:
    page = LIST.format("").replace("<body>", "<head><meta charset='iso-8859-1'></head><body>")

    assert text_of(first(read(page.encode("latin-1")), "jobs")) == "Caf\u00e9 owner & more"


def test_the_html_of_an_element_is_without_the_element() -> None:
    assert inner_html(next(read(LIST.format("")).iter("li"))) == "Caf\u00e9 <b>owner</b> &amp; more"


@pytest.mark.parametrize(
    "link", [None, "", "javascript:alert(1)", "mailto:a@b.example", "https://[::1", "//"]
)
def test_a_link_that_leads_nowhere_is_none(link: str | None) -> None:
    assert resolve("https://jobs.example/list", link) in {"", "https://jobs.example/list"}


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ('X = [{"a": 1, "b": "];"}]; Y = []', [{"a": 1, "b": "];"}]),
        (
            'X = [{a: \'it\\u0027s\', "b": "x", c: [1, 2,], d: true,},];',
            [{"a": "it's", "b": "x", "c": [1, 2], "d": True}],
        ),
        ("X = {'a': undefined, // nothing\n /* no */ b: -1.5e3}", {"a": None, "b": -1500.0}),
        ("X=[]", []),
    ],
)
def test_a_value_is_read_as_json_and_as_javascript(script: str, value: Any) -> None:
    assert script_value(script, "X", "X") == value


@pytest.mark.parametrize(
    "script", ["Y = []", "X = [", "X = [f()]", "X = ['a]", "X = [" * 3000, "X = [1 2]", "X = [/* "]
)
def test_a_value_that_is_none_is_an_error_that_names_it(script: str) -> None:
    with pytest.raises(SourceChanged, match="X"):
        script_value(script, "X", "X")

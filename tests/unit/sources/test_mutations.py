"""The fuzzer of `make bench` (tests/benchmarks/mutations.py) with a small count."""

import pytest

from backend.sources.base import Page, SourceChanged
from backend.sources.registry import SOURCES
from tests.benchmarks import mutations
from tests.benchmarks.mutations import try_source


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.name)
def test_a_mutated_answer_is_read_or_refused_with_a_named_error_and_soon(source):
    tally = try_source(source.name, 150)
    assert not tally.other
    assert tally.parsed + tally.refused.total() == tally.tried == 150
    assert tally.parsed >= 5, "a parser that refuses everything is not tested by this"
    assert tally.refused[SourceChanged.__name__] >= 5


def test_a_parser_that_crashes_or_takes_half_a_list_for_a_whole_one_is_found(monkeypatch):
    source = next(one for one in SOURCES if one.name == "lever")
    page = source.parse(next(one for one in mutations.EXAMPLES if one.name == "lever").answer())
    monkeypatch.setattr(type(source), "parse", lambda _self, response: 1 // (len(response.body) % 2) and page)
    assert "ZeroDivisionError" in "\n".join(try_source("lever", 50).other)
    empty = type(page)([])
    monkeypatch.setattr(
        type(source), "parse", lambda _self, response: page if b'"id"' in response.body else empty
    )
    assert "reads as a complete list of 0" in "\n".join(try_source("lever", 200).other)


def test_a_parser_that_hangs_is_given_up(monkeypatch):
    def hang(_self, _response):
        while True:
            pass

    source = next(one for one in SOURCES if one.name == "lever")
    monkeypatch.setattr(mutations, "PATIENCE", 0.05)
    monkeypatch.setattr(type(source), "parse", hang)
    example = next(one for one in mutations.EXAMPLES if one.name == "lever")
    good, tally = Page([]), mutations.Tally("lever")
    assert "longer than" in mutations._outcome(example, example.body, "null", good, tally)

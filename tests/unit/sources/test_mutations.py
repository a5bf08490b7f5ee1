"""The fuzzer of `make bench` (tests/benchmarks/mutations.py) with a small count."""

import pytest

from backend.domain.posting import Posting
from backend.sources.base import SourceChanged
from backend.sources.registry import SOURCES
from tests.benchmarks import mutations
from tests.benchmarks.mutations import try_details, try_source
from tests.unit.sources.details import DETAILS


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.name)
def test_a_mutated_answer_is_read_or_refused_with_a_named_error_and_soon(source):
    tally = try_source(source.name, 150)
    assert not tally.other
    assert tally.parsed + tally.refused.total() == tally.tried == 150
    assert tally.parsed >= 5, "a parser that refuses everything is not tested by this"
    assert tally.refused[SourceChanged.__name__] >= 5


@pytest.mark.parametrize("name", sorted({detail.name for detail in DETAILS}))
def test_a_mutated_detail_is_read_or_refused_with_a_named_error_and_soon(name):
    tally = try_details(name, 100)
    assert not tally.other
    assert tally.parsed + tally.refused.total() == tally.tried == 100
    assert tally.parsed >= 5, "a parser that refuses everything is not tested by this"
    assert tally.refused[SourceChanged.__name__] >= 5


def test_a_detail_that_loses_its_text_is_found(monkeypatch):
    source = next(one for one in SOURCES if one.name == "lever")
    bare = Posting("1", "Cook", "https://x.example/1")
    monkeypatch.setattr(type(source), "parse_detail", lambda *_: bare)
    assert "reads as a detail without text" in "\n".join(try_details("lever", 100).other)


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
    def hang(_body):
        while True:
            pass

    monkeypatch.setattr(mutations, "PATIENCE", 0.05)
    case = mutations.Case("lever.json", "json", b"[]", hang)
    assert "longer than" in mutations._outcome(case, b"[]", "null", mutations.Tally("lever"))

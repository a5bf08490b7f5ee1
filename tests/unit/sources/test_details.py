"""The suite that every source passes whose details are asked for apart."""

from __future__ import annotations

from typing import Any

import pytest

from backend.sources.base import Source, SourceChanged, SourceGone, SourceUnavailable
from backend.sources.registry import SOURCES
from tests.unit.sources.details import DETAILS, Detail
from tests.unit.sources.mutants import HTML, LOGIN

each_detail = pytest.mark.parametrize("detail", DETAILS, ids=str)


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.name)
def test_each_source_with_details_has_a_sample_of_one(source: Any) -> None:
    has_details = type(source).parse_detail is not Source.parse_detail
    assert has_details == (source.name in {detail.name for detail in DETAILS})


@each_detail
def test_a_detail_completes_the_listed_posting_and_keeps_its_identity(detail: Detail) -> None:
    listed, whole = detail.posting, detail.read()
    assert (whole.external_id, whole.url) == (listed.external_id, listed.url)
    assert whole.title
    assert whole.description_html


@each_detail
@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b"[1]", b"null", b"Too many requests", HTML])
def test_another_shape_is_an_error_and_no_posting_without_text(detail: Detail, body: bytes) -> None:
    with pytest.raises(SourceChanged):
        detail.read(body)


@each_detail
def test_a_log_in_page_says_try_later(detail: Detail) -> None:
    with pytest.raises(SourceUnavailable, match="log-in page"):
        detail.read(LOGIN)


@each_detail
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_half_read_detail_is_an_error(detail: Detail, part: float) -> None:
    with pytest.raises(SourceChanged):
        detail.read(detail.body.rstrip()[: int(len(detail.body) * part)])


@each_detail
@pytest.mark.parametrize("status", [404, 410])
def test_404_and_410_mean_that_the_opening_is_gone(detail: Detail, status: int) -> None:
    with pytest.raises(SourceGone, match=str(status)):
        detail.read(status=status)


@each_detail
@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_refusals_and_faults_mean_try_later(detail: Detail, status: int) -> None:
    with pytest.raises(SourceUnavailable, match=str(status)):
        detail.read(status=status)

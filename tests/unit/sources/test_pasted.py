"""`source:token`, and what a table says of a source: addresses, short names, tokens."""

from __future__ import annotations

import pytest

from backend.sources.pasted import identify, source_named, token_named


@pytest.mark.parametrize(
    ("text", "source", "token"),
    [
        ("greenhouse:stripe", "greenhouse", "stripe"),
        (" Greenhouse: stripe ", "greenhouse", "stripe"),
        ("Breezy HR:acme", "breezy", "acme"),
        ("lever:eu:mobileye", "lever", "eu:mobileye"),
        ("ashby:Forward Financing", "ashby", "Forward Financing"),
        ("recruitee:acme", "recruitee", "acme.recruitee.com"),
        ("recruitee:careers.acme.example", "recruitee", "careers.acme.example"),
        ("greenhouse:https://boards.greenhouse.io/stripe", "greenhouse", "stripe"),
        ("https://boards.greenhouse.io/stripe", "greenhouse", "stripe"),
        (
            "workday:nvidia.wd5.myworkdayjobs.com/nvidia/NVIDIAExternalCareerSite",
            "workday",
            "nvidia.wd5.myworkdayjobs.com/nvidia/NVIDIAExternalCareerSite",
        ),
    ],
)
def test_a_source_and_a_token_are_taken_where_an_address_is(text: str, source: str, token: str) -> None:
    found = identify(text)
    assert found
    assert (found[0].name, found[1]) == (source, token)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "greenhouse:",
        "greenhouse:../secrets",
        "greenhouse:a/b",
        "greenhouse:" + "a" * 500,
        "workday:acme",
        "bamboohr:help",
        "nowhere:acme",
        "https:acme",
        "acme",
    ],
)
def test_what_no_source_reads_back_is_not_taken(text: str) -> None:
    assert identify(text) is None


def test_a_source_is_known_by_its_name_and_its_label() -> None:
    for name in ("bamboohr", "BambooHR", "bamboo_hr", "Bamboo-HR"):
        found = source_named(name)
        assert found
        assert found.name == "bamboohr"
    assert source_named("gem") is None


def test_a_short_name_says_enough_where_a_table_names_the_source() -> None:
    workable = source_named("workable")
    assert workable
    assert token_named(workable, "https://careers.exotec.com/") is None
    assert token_named(workable, "exotec") == "exotec"

"""The README and the guide to searching teach the query language by examples: each must be one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.domain.query import parse

ROOT = Path(__file__).parents[3]
TAUGHT_IN = ("README.md", "docs/search.md")


def examples(text: str) -> list[str]:
    """What stands as code in the first column of the tables headed "write"."""
    tables = re.findall(r"^\| write \|.*\n\|[- |]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    rows = [row for table in tables for row in table.splitlines()]
    return [code for row in rows for code in re.findall("`([^`]+)`", row.split("|")[1])]


@pytest.mark.parametrize("path", TAUGHT_IN)
def test_every_query_that_a_guide_shows_is_one(path: str) -> None:
    shown = examples((ROOT / path).read_text(encoding="utf-8"))
    assert len(shown) > 5
    for query in shown:
        parse(query)

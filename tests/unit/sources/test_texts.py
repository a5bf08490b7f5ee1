"""Texts that were escaped once too often."""

import html

from hypothesis import example, given
from hypothesis import strategies as st

from backend.sources.texts import unescape

PIECES = [
    "&",
    ";",
    "lt",
    "gt",
    "amp",
    "quot",
    "nbsp",
    "#39",
    "#x27",
    "copy",
    "<",
    "R&D",
    " ",
    "x",
    "&amp;",
    "&lt;",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("&lt;p&gt;Tom &amp;amp; Co&amp;nbsp;&quot;&#39;&nbsp;")
@example("&amp;lt;")
def test_unescaping_says_what_the_library_says(text):
    assert unescape(text) == html.unescape(text)

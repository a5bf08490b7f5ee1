"""Made-up values of the API's own formats, for schemathesis: it knows a schema, not what a query may say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import schemathesis
from hypothesis import strategies as st

LETTERS = st.characters(categories=("Ll", "Lu", "Nd"), max_codepoint=0x2FFF)
KNOWN = st.sampled_from(["engineer", "cook", "acme", "berlin"])
ODD = st.text(LETTERS, min_size=2, max_size=12).filter(lambda word: word.upper() not in ("OR", "AND", "NOT"))
WORD = st.one_of(KNOWN, ODD)
PHRASE = st.lists(WORD, min_size=1, max_size=4).map(lambda words: f'"{" ".join(words)}"')
FIELD = st.sampled_from(
    [
        "title:lead",
        'title:"team lead"',
        "company:acme",
        "employer:acme",
        "location:berlin",
        'city:"new york"',
        "country:germany",
        "country:DE",
        "mode:remote",
        "type:full-time",
        "level:senior",
        "source:greenhouse",
        "salary>=90k",
        "posted<7d",
        "seen<24h",
    ]
)
PREFIX = st.from_regex(r"[a-z]{3,10}\*", fullmatch=True)
ASKED = st.one_of(WORD, PHRASE, PREFIX, FIELD)
GROUP = st.lists(ASKED, min_size=2, max_size=3).map(lambda terms: f"({' OR '.join(terms)})")
EXCLUDED = st.one_of(WORD, PHRASE, GROUP).map(lambda term: f"-{term}")


def queries(fewest: int) -> st.SearchStrategy[str]:
    """Texts of the query language that ask for at least so many things."""
    asked = st.lists(st.one_of(ASKED, GROUP), min_size=fewest, max_size=3)
    parts = st.tuples(asked, st.lists(EXCLUDED, max_size=1)).map(lambda pair: " ".join(pair[0] + pair[1]))
    return parts.filter(lambda text: len(text) <= 200)


def days_ahead() -> st.SearchStrategy[str]:
    today = datetime.now(UTC).date()
    return st.integers(2, 360).map(lambda days: (today + timedelta(days=days)).isoformat())


def moments_gone_by() -> st.SearchStrategy[str]:
    now = datetime.now(UTC)
    return st.integers(1, 10**8).map(lambda ago: (now - timedelta(seconds=ago)).isoformat())


EMAIL = st.builds("{}@{}.example".format, *[st.from_regex(r"[a-z][a-z0-9]{0,20}", fullmatch=True)] * 2)
HOST = st.from_regex(r"[a-z][a-z0-9]{0,20}", fullmatch=True).map("{}.example".format)
CHANNEL_ADDRESS = st.one_of(HOST.map("https://{}/hook".format), HOST.map("jsons://{}/hook".format))
PASSWORD_LETTERS = st.characters(min_codepoint=33, max_codepoint=0x2FFF, categories=("L", "N", "P"))
PASSWORD = st.text(PASSWORD_LETTERS, min_size=12)
BOARDS = ["stripe", *(f"board{number}" for number in range(8))]
"""Tokens of the boards that the network of the test holds."""
BOARD = st.sampled_from([f"greenhouse:{token}" for token in BOARDS])
COUNTRIES = st.sampled_from(["DE", "fr", "Germany", "united states", "Japan"])
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])

for name, values in {
    "query": queries(0),
    "tracked-query": queries(1).filter(lambda text: any(letter.isalpha() for letter in text)),
    "cursor": st.just(""),  # the first page; real cursors come by links
    "words": WORD,
    "country": COUNTRIES,
    "slug": st.from_regex(r"[a-z0-9][a-z0-9-]{0,30}", fullmatch=True),
    "careers-url": BOARD,
    "time-zone": ZONES,
    "email": EMAIL,
    "new-password": PASSWORD.filter(lambda text: len(set(text)) > 3).map(lambda text: text[:200]),
    "last-day": days_ahead(),
    "channel-address": CHANNEL_ADDRESS,
    "past-moment": moments_gone_by(),
}.items():
    schemathesis.openapi.format(name, values)


@schemathesis.hook
def filter_query(_context: schemathesis.HookContext, query: dict[str, object] | None) -> bool:
    """Filters and query are one text of at most 500 characters: leave out what would only be too long."""
    given = [value if isinstance(value, list) else [value] for value in (query or {}).values()]
    lengths = [len(str(one)) for values in given for one in values]
    breaks_a_limit = any(len(values) > 20 for values in given) or max(lengths, default=0) > 100
    return breaks_a_limit or sum(lengths) + 12 * len(lengths) < 450

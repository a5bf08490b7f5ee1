"""Index, database and matching give the same answer to every query."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend.domain.matching import Document, document, matches
from backend.domain.query import Query, QueryError, parse
from backend.search import view, writer
from backend.search.reader import SearchIndex
from backend.search.schema import Entry
from backend.services import rebuilding
from backend.services.scan import scan
from tests.services.stored import Shelf

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
NAMES = ["java", "javascript", "C++", "c", "C#", ".NET", "node.js", "react.js", "R&D", "r", "go", "going"]
NAMES += [
    "Köln",
    "ﬁn",
    "senior",
    "full-stack",
    "東京都",
    "東京",
    "京",
    "が",
    "서울",
    "Ёлка",
    "Μηχανικός",
    "مُهَنْدِس",
    "ไทย",
    "x" * 70,
]
FORMS = {  # of each language some forms of a few words, and a sentence by which it is known
    "en": ("engineer engineers engineering manage managing", "You are one of us and work with the team."),
    "fr": ("développeur développeurs nationale nationaux", "Nous cherchons pour notre équipe avec vous."),
    "de": ("Entwickler Entwicklern häuser haus", "Wir suchen dich für unser Team und mit uns."),
    "es": (
        "desarrollador desarrolladora mejor mejores",
        "Buscamos para nuestro equipo una persona con ganas.",
    ),
    "ru": ("повар повара повара́ми инженер инженеров", "Мы ищем в нашу команду для работы с нами."),
}
INFLECTED = [form for forms, _ in FORMS.values() for form in forms.split()]
SENTENCES = [sentence for _, sentence in FORMS.values()]
WORDS = NAMES + INFLECTED
PLAIN = st.sampled_from(WORDS)
VALUES = ["country:de", "country:jp", "mode:remote", "type:contract", "level:senior", "source:lever"]
VALUES += ["employer:acme", "employer:acme-2", "city:köln", 'city:"new york"', "city:東京"]
AMOUNTS = st.sampled_from(["40k", "50000", "52,000", "104000"])
AGES = st.sampled_from(["1h", "24h", "7d", "2w"])
COMPARISONS = st.sampled_from(["<", "<=", ">", ">="])
LEAVES = st.one_of(
    PLAIN,
    st.lists(PLAIN, min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.sampled_from(["java*", "se*", "東*", "京*", "ma*", "cp*", "engine*", "пов*"]),
    st.sampled_from(INFLECTED),
    st.builds('{}"{}"'.format, st.sampled_from(["", "title:"]), st.sampled_from(INFLECTED)),
    st.builds("{}:{}".format, st.sampled_from(["title", "company", "location"]), PLAIN),
    st.sampled_from(VALUES),
    st.builds("salary{}{}".format, COMPARISONS, AMOUNTS),
    st.builds("{}{}{}".format, st.sampled_from(["posted", "seen"]), COMPARISONS, AGES),
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda part: f"-{part}"),
    ),
    max_leaves=6,
)
TEXTS = st.lists(PLAIN, max_size=4).map(" ".join)
MOMENTS = st.sampled_from([NOW - timedelta(hours=hours) for hours in (0, 1, 24, 24 * 7, 24 * 14)])
DOCUMENTS = st.builds(
    document,
    title=TEXTS,
    company=TEXTS,
    locations=st.lists(TEXTS, max_size=2),
    description_text=st.builds("{} {}".format, st.sampled_from(["", *SENTENCES]), TEXTS),
    employer=st.sampled_from(["acme", "acme-2"]),
    cities=st.sets(st.sampled_from(["Köln", "New York", "東京"]), max_size=2),
    countries=st.sets(st.sampled_from(["DE", "JP", "FR"]), max_size=2),
    mode=st.sampled_from(["remote", "onsite", None]),
    type=st.sampled_from(["contract", None]),
    level=st.sampled_from(["senior", None]),
    source=st.sampled_from(["lever", "ashby"]),
    salary_min=st.sampled_from([None, 25.0, 40000.0]),
    salary_max=st.sampled_from([None, 50.0, 52000.0, 50000.0]),
    salary_period=st.sampled_from([None, "hour", "year"]),
    posted_at=st.one_of(st.none(), MOMENTS),
    first_seen_at=MOMENTS,
)


def parsed(text: str) -> Query:
    try:
        return parse(text)
    except QueryError:  # too many words, or too long
        return parse("")


def ids_by_index(index: SearchIndex, query: Query) -> set[int]:
    hits = index.search(query, status="all", sort="newest", cursor=None, limit=500, now=NOW)
    assert hits.total == len(hits.ids) == index.total(query, status="all", now=NOW)
    first = index.search(query, status="all", sort="newest", cursor=None, limit=2, now=NOW, counted=False)
    assert first.ids == hits.ids[:2]
    assert first.total == (len(hits.ids) if len(hits.ids) <= 2 else None)
    ranked = index.search(query, status="all", sort="relevance", cursor=None, limit=500, now=NOW)
    assert set(ranked.ids) == set(hits.ids)
    return set(hits.ids)


@pytest.fixture(autouse=True)
def _looks_first_at_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in an index of many listings."""
    monkeypatch.setattr(view, "_MANY", 0)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(documents=st.lists(DOCUMENTS, max_size=8), texts=st.lists(QUERIES, min_size=1, max_size=8))
def test_the_index_finds_what_matching_matches(documents: list[Document], texts: list[str]) -> None:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # the index lets go of it a moment later
        entries = [Entry(number, True, one) for number, one in enumerate(documents, start=1)]
        writer.rebuild(Path(folder), writer.all_fields(entries), NOW)
        index = SearchIndex(Path(folder))
        for text in texts:
            query = parsed(text)
            wanted = {entry.id for entry in entries if matches(query, entry.document, NOW)}
            assert ids_by_index(index, query) == wanted, text


@pytest.fixture
def stored(session: Session, tmp_path: Path) -> tuple[Session, SearchIndex]:
    """Sixty listings of made-up words in a database and in an index."""
    chance = random.Random(7)

    def text(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))

    shelf = Shelf(session, NOW)
    boards = [shelf.board, shelf.new_board(shelf.new_company("Go Köln C++"), "lever")]
    for _ in range(60):
        shelf.add(
            title=text(3),
            html=f"<p>{chance.choice(['', *SENTENCES])} {text(5)}</p><ul><li>{text(2)}</li></ul>",
            places=[(text(2), chance.choice(["DE", "JP", None])) for _ in range(chance.randint(0, 2))],
            board=chance.choice(boards),
            work_mode=chance.choice(["remote", None]),
            employment_type=chance.choice(["contract", None]),
            level=chance.choice(["senior", None]),
            salary_max=chance.choice([None, 25.0, 50000.0]),
            salary_period=chance.choice(["hour", "year"]),
            posted_at=chance.choice([None, NOW - timedelta(hours=chance.randint(0, 400))]),
            first_seen_at=NOW - timedelta(hours=chance.randint(0, 400)),
        )
    rebuilding.rebuild(session, tmp_path / "search")
    return session, SearchIndex(tmp_path / "search")


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=QUERIES)
def test_the_database_finds_what_the_index_finds(stored: tuple[Session, SearchIndex], text: str) -> None:
    session, index = stored
    query = parsed(text)
    scanned = scan(session, query, status="all", below=None, limit=500, now=NOW, budget=60)
    assert scanned.complete
    assert set(scanned.ids) == ids_by_index(index, query)

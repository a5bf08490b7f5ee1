from datetime import timedelta

import pytest
from pg8000.exceptions import DatabaseError
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from backend.models import Board, Company, is_away, update_rows
from backend.models.base import prepare_engine
from tests.conftest import run_sql


def test_times_come_back_aware_and_in_utc(session, now):
    session.add(Company(slug="acme", name="Acme", created_at=now))
    session.commit()
    session.expire_all()
    assert session.query(Company).one().created_at == now


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("is_asked", [True, False], ids=["while it is asked", "between two questions"])
def test_a_server_that_ends_a_connection_is_away_and_the_next_question_gets_another(
    session, postgres, is_asked
):
    mine = session.scalar(text("SELECT pg_backend_pid()"))
    if not is_asked:
        run_sql(postgres, f"SELECT pg_terminate_backend({mine}, 5000)")
    with pytest.raises(DBAPIError) as caught:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert is_away(caught.value)
    session.rollback()
    assert session.scalar(text("SELECT pg_backend_pid()")) != mine


@pytest.mark.parametrize(("code", "away"), [("57P03", True), ("28P01", False)])
def test_a_server_that_starts_is_away_and_one_that_knows_no_such_user_is_not(code, away):
    engine = create_engine("postgresql+pg8000://nobody@/none")
    prepare_engine(engine)

    @event.listens_for(engine, "do_connect")
    def refuse(*_):
        raise DatabaseError({"S": "FATAL", "C": code, "M": "the server's words"})

    with pytest.raises(DBAPIError) as caught:
        engine.connect()
    assert is_away(caught.value) is away


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_question_that_is_wrong_does_not_mean_that_the_server_is_away(session):
    with pytest.raises(DBAPIError) as caught:
        session.execute(text("SELECT nothing"))
    assert not is_away(caught.value)


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_many_rows_get_each_its_own_values_and_no_other_row_does(session, now):
    session.add(Company(id=1, slug="acme", name="Acme", created_at=now))
    for number in (1, 2, 3):
        made = {"url": "https://example.org", "created_at": now, "next_crawl_at": now, "last_error": "no"}
        session.add(Board(id=number, company_id=1, source="lever", token=str(number), **made))
    session.commit()
    later = now + timedelta(seconds=1, microseconds=5)
    values = {
        1: {"validators": {"If-None-Match": '"ö\'1"'}, "last_error": None, "mean_seconds": 0.1},
        3: {"validators": None, "last_error": "two\nlines\\", "mean_seconds": None},
    }
    update_rows(
        session, Board.__table__, [{"id": id, "leased_until": later, **of} for id, of in values.items()]
    )
    session.commit()
    for id, of in values.items():
        board = session.get_one(Board, id)
        assert {name: getattr(board, name) for name in of} == of
        assert (board.leased_until, board.token) == (later, str(id))
    assert session.get_one(Board, 2).last_error == "no"
    assert session.scalar(select(func.count()).where(Board.validators.is_(None))) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT :a AS one, :b AS two",
        """SELECT :a AS "a -- quoted name", :b AS two""",
        "SELECT :a || '%s', :b || '$1' || '%%' -- %s",
        "SELECT $$%s$$ || :a, :b || '100 %'",
    ],
)
def test_parameters_are_told_from_what_only_looks_like_them(session, statement):
    row = session.execute(text(statement), {"a": "first", "b": "second"}).one()
    assert "first" in row[0]
    assert "second" in row[1]
    assert "$2" not in "".join(row)

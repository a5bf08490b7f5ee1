import pytest
from pg8000.exceptions import DatabaseError
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError

from backend.models import Company, is_away
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

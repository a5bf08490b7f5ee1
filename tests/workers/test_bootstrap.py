"""What all jobs have in common."""

import logging

import pytest
from sqlalchemy.exc import OperationalError

from backend.app import create_app
from workers.jobs.count import count
from workers.jobs.match import match_crawls


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("job", [match_crawls, count])
def test_a_job_without_its_database_says_in_one_line_what_happens_next(
    settings, tmp_path, mocker, caplog, job
):
    nowhere = f"postgresql+pg8000://nobody@/none?unix_sock={tmp_path}/none"
    app = create_app(settings.model_copy(update={"database_url": nowhere}))
    mocker.patch("workers.bootstrap.worker_app", return_value=app)
    job()
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.message.startswith("the database is away")
    assert "next periodic look" in record.message
    assert record.exc_info is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_with_a_statement_fails_the_job(settings, tmp_path, mocker):
    empty = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/empty.db"})
    mocker.patch("workers.bootstrap.worker_app", return_value=create_app(empty))
    with pytest.raises(OperationalError, match="no such table"):
        match_crawls()

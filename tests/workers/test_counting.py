from sqlalchemy import select

from backend.models import Company, Statistics
from tests.services.tracking import World
from workers.jobs.count import count


def test_the_job_counts_everything_and_each_company(app, mocker, session, settings, now):
    mocker.patch("workers.bootstrap.worker_app", return_value=app)
    World(session, settings, now).crawl(["Cook", "Baker"])
    count()
    session.expire_all()
    assert session.get(Statistics, 1).figures["open"] == 2
    assert session.scalars(select(Company.open_count)).all() == [2]

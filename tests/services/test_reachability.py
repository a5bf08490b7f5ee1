from datetime import timedelta

from backend.models import CrawlStatus, begin_write
from backend.services import boards, reachability
from backend.sources import registry


def visited(session, now, *statuses):
    begin_write(session)
    for number, status in enumerate(statuses):
        board = boards.add(session, registry.source("greenhouse"), f"acme{number}", "Acme", now)
        board.last_crawl_at, board.last_status = now - timedelta(minutes=number), status
        board.failing_since = now - timedelta(hours=1) if status == CrawlStatus.UNAVAILABLE else None
    session.commit()


def test_when_nobody_answers_there_is_no_network(session, now):
    visited(session, now, *[CrawlStatus.UNAVAILABLE] * 4)
    assert reachability.away_since(session, now) == now - timedelta(hours=1)


def test_one_answer_of_any_kind_is_a_network(session, now):
    visited(session, now, CrawlStatus.UNAVAILABLE, CrawlStatus.UNAVAILABLE, CrawlStatus.GONE)
    assert reachability.away_since(session, now) is None


def test_two_silent_boards_prove_nothing(session, now):
    visited(session, now, CrawlStatus.UNAVAILABLE, CrawlStatus.UNAVAILABLE)
    assert reachability.away_since(session, now) is None


def test_old_visits_prove_nothing(session, now):
    visited(session, now, *[CrawlStatus.UNAVAILABLE] * 4)
    assert reachability.away_since(session, now + timedelta(hours=3)) is None

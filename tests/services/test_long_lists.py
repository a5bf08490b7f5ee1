"""An XML feed too long for memory: stored by parts, and yet one crawl that keeps the truths about closing."""

import gzip
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from backend.fetch import fetcher
from backend.models import (
    Board,
    BoardStatus,
    Crawl,
    CrawlStatus,
    Listing,
    ListingEvent,
    ListingText,
    begin_write,
)
from backend.services import boards, crawl_parts, long_lists, matches
from backend.sources import registry

URL = "https://jobs.example.org/feed.xml"


@pytest.fixture(autouse=True)
def _little_memory(monkeypatch):
    monkeypatch.setattr(fetcher, "SHORT_FEED", 500)
    monkeypatch.setattr(long_lists, "PART", 4)


@pytest.fixture
def board(session, now):
    begin_write(session)
    board = boards.add(session, registry.source("xml_feed"), URL, "Acme", now)
    session.commit()
    return board


def job(number, title="Engineer", city="Berlin"):
    return (
        f"<job><id>{number}</id><title>{title}</title><url>https://jobs.example.org/{number}</url>"
        f"<city>{city}</city><country>DE</country>"
        f"<description>We look for you, number {number}.</description></job>"
    )


def feed(*jobs):
    return f"<jobs>{''.join(jobs)}<!--{'.' * 500}--></jobs>".encode()


def rows(session):
    return {row.external_id: row for row in session.scalars(select(Listing))}


def last_crawl(session):
    return session.scalars(select(Crawl).order_by(Crawl.id.desc())).first()


def test_every_part_is_stored_and_the_crawl_has_one_report(session, board, endpoint, sweep):
    endpoint.body = feed(*map(job, range(11)))
    sweep()
    assert sorted(rows(session), key=int) == [str(number) for number in range(11)]
    assert session.scalar(select(func.count()).select_from(ListingText)) == 11
    assert all(row.baseline and row.crawl_id == last_crawl(session).id for row in rows(session).values())
    report = session.scalars(select(Crawl)).one()
    assert (report.status, report.seen, report.new, report.baseline) == ("complete", 11, 11, True)
    assert (report.bytes, report.requests, report.matched_at) == (len(endpoint.body), 1, None)
    assert (board.open_count, board.failures, board.lease) == (11, 0, None)


def test_a_long_feed_is_read_as_a_short_one_is(session, board, endpoint, sweep, monkeypatch, clock):
    endpoint.body = feed(job(1), job(2), *map(job, range(3, 11)), job(1, city="Bonn"), job(2, "Other", "Ulm"))
    sweep()
    before = {key: (row.content_hash, row.list_hash) for key, row in rows(session).items()}
    assert [place["city"] for place in rows(session)["1"].locations] == ["Berlin", "Bonn"]
    monkeypatch.setattr(fetcher, "SHORT_FEED", 2**20)
    endpoint.body += b"\n"
    clock.forward(hours=1)
    sweep()
    assert (last_crawl(session).status, last_crawl(session).changed) == ("complete", 0)
    assert {key: (row.content_hash, row.list_hash) for key, row in rows(session).items()} == before


def test_the_same_bytes_again_are_unchanged_and_write_no_listing(session, board, endpoint, sweep, clock):
    endpoint.body = feed(*map(job, range(11)))
    sweep()
    clock.forward(hours=1)
    sweep()
    assert (last_crawl(session).status, last_crawl(session).seen) == ("unchanged", 11)
    assert all(row.changed_at < clock() for row in rows(session).values())


def test_what_two_crawls_miss_closes_and_what_comes_back_reopens(session, board, endpoint, sweep, clock):
    everything, most = feed(*map(job, range(11))), feed(*map(job, range(9)), job(11))
    for body in (everything, most):
        endpoint.body = body
        sweep()
        clock.forward(hours=1)
    report = last_crawl(session)
    assert (report.new, report.missing, report.closed) == (1, 2, 0)
    assert not rows(session)["11"].baseline
    endpoint.body = most + b"\n"
    sweep()
    assert last_crawl(session).closed == 2
    assert [key for key, row in rows(session).items() if row.closed_at] == ["9", "10"]
    endpoint.body = everything
    clock.forward(hours=1)
    sweep()
    assert last_crawl(session).reopened == 2
    assert rows(session)["9"].closed_at is None
    assert board.open_count == 12
    whats = session.scalars(select(ListingEvent.what).order_by(ListingEvent.id)).all()
    assert whats == ["closed", "closed", "reopened", "reopened"]


def test_a_change_in_any_part_is_kept_in_the_history(session, board, endpoint, sweep, clock):
    endpoint.body = feed(*map(job, range(11)))
    sweep()
    endpoint.body = feed(*map(job, range(10)), job(10, "Senior Engineer"))
    clock.forward(hours=1)
    sweep()
    assert rows(session)["10"].title == "Senior Engineer"
    event = session.scalars(select(ListingEvent)).one()
    assert (event.before, event.after) == ("Engineer", "Senior Engineer")
    assert last_crawl(session).changed == 1


def test_a_crawl_that_misses_most_is_held_until_confirmed(session, board, endpoint, sweep, clock):
    endpoint.body = feed(*map(job, range(12)))
    sweep()
    endpoint.body = feed(*map(job, range(3)))
    sweep()
    assert (last_crawl(session).status, board.open_count) == ("held", 12)
    endpoint.body += b"\n"
    sweep()
    assert (last_crawl(session).closed, board.open_count, board.held) == (9, 3, None)


def test_an_emptied_feed_is_flagged_and_closes_nothing_at_first(session, board, endpoint, sweep):
    endpoint.body = feed(*map(job, range(3)))
    sweep()
    endpoint.body = feed()
    sweep()
    assert (last_crawl(session).status, board.open_count, board.empties["count"]) == ("empty", 3, 1)


@pytest.mark.parametrize(
    ("spoil", "outcome", "words"),
    [
        (lambda body: gzip.compress(body)[:-9], "unavailable", "breaks off"),
        (lambda body: body[: len(body) // 2], "changed_shape", "broken document"),
        (lambda body: body.replace(b"Last", b""), "changed_shape", "job[10].title is missing"),
    ],
    ids=["cut on the wire", "half of it", "a job without a title at its end"],
)
def test_a_feed_that_is_not_whole_stores_and_closes_nothing(
    session, board, endpoint, sweep, clock, spoil, outcome, words
):
    whole = feed(*map(job, range(10)), job(10, "Last"))
    endpoint.body = whole
    sweep()
    before = {key: (row.changed_at, row.missed) for key, row in rows(session).items()}
    endpoint.body = spoil(whole.replace(b"We look", b"We still look"))
    endpoint.headers = {"Content-Encoding": "gzip"} if outcome == "unavailable" else {}
    for _ in range(3):
        clock.forward(hours=1)
        sweep()
    assert {key: (row.changed_at, row.missed) for key, row in rows(session).items()} == before
    assert last_crawl(session).status == outcome
    assert words in board.last_error
    assert board.failures == 3
    endpoint.body, endpoint.headers = whole, {}
    sweep()
    assert last_crawl(session).status == "unchanged"


def test_a_posting_that_cannot_be_stored_ends_the_crawl_and_closes_nothing(
    session, board, endpoint, sweep, clock
):
    endpoint.body = feed(*map(job, range(4)), job(9))
    sweep()
    endpoint.body = feed(*map(job, range(5)), job(5, "&#173;"), job(6))
    for _ in range(3):
        clock.forward(hours=1)
        sweep()
    report = last_crawl(session)
    assert (report.status, report.complete, report.seen) == ("changed_shape", False, 4)
    assert "its title is empty" in report.error
    assert (board.failures, board.fingerprint) == (3, None)
    assert rows(session)["9"].missed == 0
    endpoint.body = feed(*map(job, range(7)))
    sweep()
    assert (last_crawl(session).status, last_crawl(session).new, board.failures) == ("complete", 3, 0)


def test_what_there_was_no_time_for_is_left_to_the_next_visit(
    session, board, endpoint, sweep, clock, monkeypatch
):
    endpoint.body = feed(*map(job, range(4)), job(9))
    sweep()
    endpoint.body = feed(*map(job, range(8)))
    whole = crawl_parts.store
    monkeypatch.setattr(crawl_parts, "store", lambda *given: whole(*given[:-1], 0))
    sweep()
    assert (last_crawl(session).status, last_crawl(session).seen, board.fingerprint) == ("partial", 4, None)
    assert (board.next_crawl_at - clock()).total_seconds() <= 60
    assert (rows(session)["9"].missed, board.failures) == (0, 0)
    monkeypatch.setattr(crawl_parts, "store", whole)
    sweep()
    assert (last_crawl(session).status, last_crawl(session).new, last_crawl(session).missing) == (
        "complete",
        4,
        1,
    )


def test_a_crawl_under_way_meets_no_tracker_until_it_ends_or_its_worker_died(
    session, board, endpoint, sweep, clock
):
    endpoint.body = feed(*map(job, range(5)))
    sweep()
    begin_write(session)
    session.execute(update(Crawl).values(status=CrawlStatus.READING, matched_at=None))
    session.execute(
        update(Board).values(lease=str(uuid.uuid4()), leased_until=clock() + timedelta(seconds=60))
    )
    session.commit()
    assert matches.unmatched(session, 0) == []
    assert crawl_parts.end_abandoned(session, clock()) == 0
    clock.forward(seconds=61)
    assert crawl_parts.end_abandoned(session, clock()) == 1
    assert [crawl_id for crawl_id, _ in matches.unmatched(session, 0)] == [last_crawl(session).id]
    assert (last_crawl(session).status, board.status) == (CrawlStatus.FAILED, BoardStatus.ACTIVE)


def test_a_lost_lease_ends_the_storing(session, board, endpoint, sweep, clock, monkeypatch):
    stored = []

    def one_part(thread_session, visit, postings, at):
        stored.append(len(postings))
        if len(stored) == 2:
            begin_write(thread_session)
            thread_session.execute(update(Board).values(lease="another's"))
            thread_session.commit()
        return store_part(thread_session, visit, postings, at)

    store_part = crawl_parts._store_part
    monkeypatch.setattr(crawl_parts, "_store_part", one_part)
    endpoint.body = feed(*map(job, range(20)))
    sweep()
    assert stored == [4, 4]
    assert len(rows(session)) == 4
    assert (last_crawl(session).status, board.lease, board.fingerprint) == ("reading", "another's", None)


def test_a_feed_of_too_many_postings_is_refused_whole(session, board, endpoint, sweep, monkeypatch):
    monkeypatch.setattr(long_lists, "MOST_POSTINGS", 10)
    endpoint.body = feed(*map(job, range(11)))
    sweep()
    assert "more than 10 postings" in board.last_error
    assert rows(session) == {}

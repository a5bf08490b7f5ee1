"""What a crawl does to the rows: a real fetch from a real server, on both databases."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.models import Board, Crawl, CrawlStatus, Listing, ListingEvent, ListingText, begin_write, db
from backend.queueing import JobName, waiting_key
from backend.services import boards, crawls
from backend.sources import registry


def listings(session):
    return {listing.external_id: listing for listing in session.scalars(select(Listing))}


def last_crawl(session):
    return session.scalars(select(Crawl).order_by(Crawl.id.desc())).first()


def events(session):
    return [(event.what, event.before, event.after) for event in session.scalars(select(ListingEvent))]


def test_the_first_crawl_is_the_baseline_and_stores_everything(session, board, endpoint, sweep, redis_server):
    endpoint.jobs = {1: "Engineer", 2: "Designer"}
    sweep()
    rows = listings(session)
    assert {key: row.title for key, row in rows.items()} == {"1": "Engineer", "2": "Designer"}
    assert all(row.baseline and row.closed_at is None for row in rows.values())
    assert session.scalars(select(ListingText.html)).all() == ["<p>We look for you.</p>"] * 2
    crawl = last_crawl(session)
    assert (crawl.status, crawl.seen, crawl.new, crawl.baseline) == ("complete", 2, 2, True)
    assert crawl.matched_at is None
    assert redis_server.exists(waiting_key(JobName.MATCH_CRAWLS, ()))
    assert (board.open_count, board.last_status, board.failures) == (2, "complete", 0)


def test_a_listing_that_comes_later_is_not_of_the_baseline(session, board, endpoint, sweep):
    endpoint.jobs = {1: "Engineer"}
    sweep()
    endpoint.jobs[2] = "Designer"
    sweep()
    assert [row.baseline for row in listings(session).values()] == [True, False]


def test_an_unchanged_crawl_writes_no_listing_row(session, board, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer", 2: "Designer"}
    sweep()
    before = {row.id: (row.changed_at, row.content_hash) for row in listings(session).values()}
    clock.forward(hours=1)
    sweep()
    assert {row.id: (row.changed_at, row.content_hash) for row in listings(session).values()} == before
    crawl = last_crawl(session)
    assert (crawl.status, crawl.seen, crawl.complete) == ("unchanged", 2, True)
    assert crawl.matched_at == clock()


def test_a_304_is_a_complete_crawl(session, board, endpoint, sweep):
    endpoint.jobs, endpoint.etag = {1: "Engineer"}, True
    sweep()
    sweep()
    crawl = last_crawl(session)
    assert (crawl.status, crawl.bytes, crawl.seen) == ("unchanged", 0, 1)


def test_two_misses_close_and_the_second_may_be_an_unchanged_answer(session, board, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer", 2: "Designer"}
    sweep()
    del endpoint.jobs[2]
    clock.forward(hours=1)
    sweep()
    assert listings(session)["2"].closed_at is None
    assert last_crawl(session).missing == 1
    clock.forward(hours=1)
    sweep()
    assert last_crawl(session).status == "unchanged"
    assert listings(session)["2"].closed_at == clock()
    assert events(session) == [("closed", None, None)]
    assert board.open_count == 1


def test_a_reopened_listing_keeps_its_row(session, board, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer", 2: "Designer"}
    sweep()
    first = listings(session)["2"]
    first_seen, row_id = first.first_seen_at, first.id
    del endpoint.jobs[2]
    for _ in range(2):
        clock.forward(hours=1)
        sweep()
    endpoint.jobs[2] = "Designer"
    clock.forward(hours=1)
    sweep()
    again = listings(session)["2"]
    assert (again.id, again.first_seen_at, again.closed_at) == (row_id, first_seen, None)
    assert [what for what, _, _ in events(session)] == ["closed", "reopened"]
    assert last_crawl(session).reopened == 1


def test_a_changed_title_is_kept_in_the_history(session, board, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer", 2: "Designer"}
    sweep()
    endpoint.jobs[1] = "Senior Engineer"
    clock.forward(hours=1)
    sweep()
    rows = listings(session)
    assert (rows["1"].title, rows["1"].changed_at) == ("Senior Engineer", clock())
    assert rows["2"].changed_at < clock()
    assert events(session) == [("title", "Engineer", "Senior Engineer")]
    assert rows["1"].crawl_id == last_crawl(session).id


def test_of_a_text_that_changed_the_history_keeps_the_hashes(session, board, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer"}
    first, other = endpoint.answer(), endpoint.answer().replace(b"We look for you", b"We miss you")
    for body in (first, other, first):
        endpoint.body = body
        sweep()
        clock.forward(hours=1)
    told = events(session)
    assert [what for what, _, _ in told] == ["text", "text"]
    assert told[0][1:] == told[1][:0:-1]
    assert len({*told[0][1:]}) == 2


MANY = {number: f"Role {number}" for number in range(12)}


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (403, b"no", CrawlStatus.UNAVAILABLE),
        (429, b"", CrawlStatus.UNAVAILABLE),
        (500, b"", CrawlStatus.UNAVAILABLE),
        (503, b"", CrawlStatus.UNAVAILABLE),
        (404, b"{}", CrawlStatus.GONE),
        (410, b"", CrawlStatus.GONE),
        (200, b"<html>Please log in</html>", CrawlStatus.CHANGED_SHAPE),
        (200, b'{"jobs": [{"id": 1', CrawlStatus.CHANGED_SHAPE),
        (200, b'{"openings": []}', CrawlStatus.CHANGED_SHAPE),
        (200, b'{"jobs": [{"id": 1, "title": null}]}', CrawlStatus.CHANGED_SHAPE),
        (200, b'{"jobs": []}', CrawlStatus.EMPTY),
    ],
)
def test_a_bad_answer_closes_nothing_however_often(
    session, board, endpoint, sweep, clock, status, body, outcome
):
    endpoint.jobs = MANY
    sweep()
    endpoint.status, endpoint.body = status, body
    for _ in range(3):
        clock.forward(hours=1)
        sweep()
    assert all(row.closed_at is None and not row.missed for row in listings(session).values())
    crawl = last_crawl(session)
    assert crawl.status == outcome
    if outcome != CrawlStatus.EMPTY:
        assert crawl.error
        assert board.failures == 3


def test_after_a_bad_answer_the_old_one_is_still_unchanged(session, board, endpoint, sweep):
    endpoint.jobs = MANY
    sweep()
    endpoint.body = b"<html>"
    sweep()
    endpoint.body = None
    sweep()
    assert last_crawl(session).status == "unchanged"
    assert (board.failures, board.last_error, board.failing_since) == (0, None, None)


def test_an_unknown_board_is_marked_gone_and_says_so(session, board, endpoint, sweep):
    endpoint.status = 404
    sweep()
    assert (board.status, board.last_status) == ("gone", "gone")
    assert "404" in board.last_error


def test_a_gone_board_that_answers_again_is_watched_again(session, board, endpoint, sweep):
    endpoint.status = 404
    sweep()
    endpoint.status, endpoint.jobs = 200, {1: "Engineer"}
    sweep()
    assert (board.status, board.open_count) == ("active", 1)


def test_an_emptied_board_closes_after_three_empty_crawls_over_a_day(session, board, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer", 2: "Designer"}
    sweep()
    endpoint.jobs = {}
    for hours in (1, 12, 13):
        clock.forward(hours=hours)
        sweep()
    assert all(row.closed_at == clock() for row in listings(session).values())
    assert (board.open_count, board.empties) == (0, None)


def test_a_crawl_that_misses_most_is_held_until_confirmed(session, board, endpoint, sweep, clock):
    endpoint.jobs = MANY
    sweep()
    endpoint.jobs = {number: f"Role {number}" for number in range(3)}
    clock.forward(hours=1)
    sweep()
    assert last_crawl(session).status == "held"
    assert board.open_count == 12
    clock.forward(hours=1)
    sweep()
    assert last_crawl(session).closed == 9
    assert (board.open_count, board.held) == (3, None)


def test_retry_after_is_obeyed(session, board, endpoint, sweep, clock):
    endpoint.status, endpoint.headers = 503, {"Retry-After": "10000"}
    sweep()
    assert (board.next_crawl_at - clock()).total_seconds() >= 10000


def test_a_redirect_to_a_private_address_is_refused_and_closes_nothing(session, board, endpoint, sweep):
    endpoint.jobs = MANY
    sweep()
    endpoint.status, endpoint.headers = 302, {"Location": "http://169.254.169.254/latest/meta-data"}
    sweep()
    assert last_crawl(session).status == "refused"
    assert "169.254.169.254" in board.last_error
    assert board.open_count == 12


def test_a_visit_whose_lease_was_lost_is_dropped(session, app, board, endpoint, sweep):
    endpoint.jobs = {1: "Engineer"}
    answer, engine = endpoint.answer, db.engine

    def steal() -> bytes:
        with Session(engine) as other:
            begin_write(other)
            other.execute(update(Board).values(lease="another worker's"))
            other.commit()
        return answer()

    endpoint.answer = steal
    sweep()
    assert not listings(session)
    assert last_crawl(session) is None


def test_nothing_scraped_reaches_redis(session, board, endpoint, sweep, redis_server):
    endpoint.jobs = {1: "<script>alert(1)</script>"}
    sweep()
    endpoint.body = json.dumps({"jobs": "<script>alert(2)</script>"}).encode()
    sweep()
    for key in redis_server.keys("*"):
        dump = redis_server.dump(key) or b""
        assert b"alert(" not in dump


def test_boards_of_a_host_that_fails_are_not_asked_and_count_as_failing(
    session, board, endpoint, sweep, clock
):
    endpoint.jobs = MANY
    sweep()
    endpoint.status = 500
    for _ in range(5):
        sweep()
    asked = len(endpoint.asked)
    begin_write(session)
    other = boards.add(session, registry.source("greenhouse"), "other", "Other", clock())
    session.commit()
    sweep()
    assert len(endpoint.asked) == asked
    assert last_crawl(session).status == "postponed"
    assert "fails again and again" in last_crawl(session).error
    assert (other.failures, other.failing_since, other.last_status) == (3, clock(), None)
    assert (board.open_count, board.last_status) == (12, "unavailable")
    assert 55 <= (other.next_crawl_at - clock()).total_seconds() <= 120


def test_a_hold_that_goes_on_is_one_report(session, board, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer"}
    sweep()
    endpoint.status, endpoint.headers = 429, {"Retry-After": "600"}
    sweep()
    for _ in range(3):
        clock.forward(minutes=1)
        sweep()
    reports = session.scalars(select(Crawl).order_by(Crawl.id)).all()
    assert [report.status for report in reports] == ["complete", "unavailable", "postponed"]
    assert (reports[-1].started_at, reports[-1].finished_at) == (clock() - timedelta(minutes=2), clock())


def test_pages_that_robots_txt_forbids_are_refused_and_close_nothing(
    session, board, endpoint, sweep, monkeypatch
):
    endpoint.jobs = MANY
    sweep()
    monkeypatch.setattr(type(registry.source("greenhouse")), "web_pages", True)
    endpoint.body = b"User-agent: *\nDisallow: /v1/boards/acme"
    sweep()
    assert endpoint.asked[1:] == ["/https://boards-api.greenhouse.io/robots.txt"]
    assert last_crawl(session).status == "refused"
    assert "https://boards-api.greenhouse.io/robots.txt does not let JobTracker read it" in board.last_error
    assert board.open_count == 12


def test_a_visit_that_cannot_be_stored_costs_only_itself(
    session, board, endpoint, sweep, monkeypatch, caplog
):
    begin_write(session)
    for number in range(5):
        boards.add(session, registry.source("greenhouse"), f"other-{number}", "Other", board.created_at)
    session.commit()
    endpoint.jobs = {1: "Engineer", 2: "Designer"}
    write, acme = crawls.listing_rows.write, board.id

    def fail_for_acme(session, brought, now):
        write(session, brought, now)
        if any(one.board.id == acme for one in brought):
            raise RuntimeError("a row that no database takes")

    monkeypatch.setattr(crawls.listing_rows, "write", fail_for_acme)
    sweep()
    stored = {one.token: (one.last_status, one.open_count) for one in session.scalars(select(Board))}
    assert stored.pop("acme") == ("failed", 0)
    assert set(stored.values()) == {("complete", 2)}
    assert "the log says why" in board.last_error
    assert "greenhouse:acme could not be stored" in caplog.text
    assert session.scalar(select(func.count()).select_from(Listing)) == 10

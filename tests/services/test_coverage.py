"""Which of the boards that a tracker covers cannot be read, and the foot of its mails."""

import pytest
from sqlalchemy import select

from backend.models import Board, Company, begin_write
from backend.services import coverage
from tests.mailbox import text_of
from tests.services.tracking import tell


def fail(world, board_id, times=3, **fields):
    """A board has failed so many times by now."""
    begin_write(world.session)
    board = world.session.get_one(Board, board_id)
    board.failures, board.failing_since, board.last_status = times, world.now, "unavailable"
    board.last_crawl_at = board.last_complete_at = world.now
    for name, value in fields.items():
        setattr(board, name, value)
    world.session.commit()


def failing(world, tracker_id):
    queries = {tracker_id: world.tracker(tracker_id).query.canonical}
    found = coverage.failing_each(world.session, queries)
    return [(board.company, board.since) for board in found.get(tracker_id, [])]


def test_a_board_is_covered_once_something_was_matched_on_it(world):
    tracker_id, other = world.track(world.add_user(), "python"), world.track(world.add_user(), "gardener")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()
    assert failing(world, tracker_id) == []
    fail(world, world.board_id)
    assert failing(world, tracker_id) == [("Acme", world.now)]
    assert failing(world, other) == []


def test_a_board_that_failed_once_or_is_watched_no_more_is_not_named(world):
    tracker_id = world.track(world.add_user(), "python")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()
    for fields in ({"times": 1}, {"status": "paused"}, {"last_status": "skipped"}):
        fail(world, world.board_id, **fields)
        assert failing(world, tracker_id) == [], fields


@pytest.mark.parametrize(
    ("query", "covered"),
    [
        ("company:acme", True),
        ("python (company:acme OR company:zoo)", True),
        ('company:"acme robotics"', False),
        ("employer:SLUG", True),
        ("python -company:acme", False),
        ("acme", False),
    ],
)
def test_the_boards_of_a_company_that_a_query_names_are_covered(world, query, covered):
    slug = world.session.scalars(select(Company.slug)).one()
    tracker_id = world.track(world.add_user(), query.replace("SLUG", slug))
    fail(world, world.board_id)
    fail(world, world.add_board("Nobody"))
    assert [name for name, _ in failing(world, tracker_id)] == (["Acme"] if covered else [])


def test_the_foot_of_a_mail_names_five_since_when_and_counts_the_others(world, mailbox):
    world.track(world.add_user(time_zone="Asia/Tokyo"), "python")
    world.forward(minutes=1)
    for number in range(7):
        world.board_id = world.add_board(f"Company {number}")
        world.crawl([f"Python {number}"])
        world.forward(hours=1)
        fail(world, world.board_id)
    world.match()
    world.forward(minutes=1)
    tell(world)
    for kind in ("plain", "html"):
        foot = text_of(mailbox.messages[0], kind)
        assert "Company 0 (greenhouse) since 4 May 2026; Company 1" in foot
        assert "Company 4 (greenhouse) since 5 May 2026 and 2 more" in foot, "in the reader's zone"

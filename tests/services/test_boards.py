from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from backend.models import Board, BoardStatus, Company, begin_write, db
from backend.queueing import JobName, waiting_key
from backend.services import boards, leases
from backend.sources import registry

LEASE = timedelta(seconds=60)


def add(session, now, token="acme", source="greenhouse", company="Acme"):
    begin_write(session)
    board = boards.add(session, registry.source(source), token, company, now)
    session.commit()
    return board


def test_a_new_board_is_due_at_once_and_wakes_a_worker(session, now, redis_server):
    board = add(session, now)
    assert board.next_crawl_at == now
    assert redis_server.exists(waiting_key(JobName.CRAWL_DUE, ()))


def test_a_board_that_is_rolled_back_wakes_nobody(session, now, redis_server):
    begin_write(session)
    boards.add(session, registry.source("lever"), "acme", "Acme", now)
    session.rollback()
    session.commit()
    assert not redis_server.keys("jobtracker:*")


def test_the_same_board_is_not_added_twice(session, now):
    add(session, now)
    begin_write(session)
    with pytest.raises(boards.BoardExists, match="greenhouse:acme is watched already, as Acme"):
        boards.add(session, registry.source("greenhouse"), "acme", "Other", now)


def test_two_companies_with_one_slug_stay_apart(session, now):
    one, other = add(session, now), add(session, now, source="lever")
    assert {one.company.slug, other.company.slug} == {"acme", "acme-2"}


def test_claimed_boards_are_not_claimed_again_until_the_lease_runs_out(session, now):
    board = add(session, now)
    first = leases.claim_due(session, now, 10, LEASE)
    assert [claimed.board_id for claimed in first] == [board.id]
    assert leases.claim_due(session, now + timedelta(seconds=59), 10, LEASE) == []
    lease = first[0].lease
    again = leases.claim_due(session, now + timedelta(seconds=61), 10, LEASE)
    assert again[0].lease != lease


def test_two_workers_share_the_due_boards(session, app, now):
    for number in range(6):
        add(session, now, token=f"acme{number}")
    with Session(db.engine) as other:
        one = {board.board_id for board in leases.claim_due(session, now, 3, LEASE)}
        two = {board.board_id for board in leases.claim_due(other, now, 3, LEASE)}
    assert len(one) == len(two) == 3
    assert not one & two


def test_an_extended_lease_holds(session, now):
    add(session, now)
    claimed = leases.claim_due(session, now, 1, LEASE)[0]
    leases.extend(session, [claimed.board_id], [claimed.lease], now + timedelta(seconds=110))
    assert leases.claim_due(session, now + timedelta(seconds=100), 1, LEASE) == []


def test_a_board_in_the_future_or_paused_is_not_due(session, now):
    add(session, now + timedelta(seconds=1))
    paused = add(session, now, token="paused")
    boards.set_status(session, paused.id, BoardStatus.PAUSED, now)
    assert leases.claim_due(session, now, 10, LEASE) == []


def test_crawl_now_makes_a_paused_board_due(session, now):
    board = add(session, now + timedelta(hours=1))
    boards.set_status(session, board.id, BoardStatus.PAUSED, now)
    boards.crawl_now(session, board.id, now)
    assert [claimed.board_id for claimed in leases.claim_due(session, now, 10, LEASE)] == [board.id]


def test_removing_the_last_board_removes_its_company(session, now):
    board = add(session, now)
    assert boards.remove(session, board.id)
    assert session.query(Board).count() == session.query(Company).count() == 0


def test_a_crawl_asked_for_during_a_visit_is_another_visit(session, now):
    board = add(session, now)
    first = leases.claim_due(session, now, 1, LEASE)[0]
    boards.crawl_all_now(session, now + timedelta(seconds=1), [board.id])
    again = leases.claim_due(session, now + timedelta(seconds=2), 1, LEASE)
    assert [claimed.board_id for claimed in again] == [board.id]
    assert again[0].lease != first.lease

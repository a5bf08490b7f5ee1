"""One tracker with very many matches beside many small ones: nobody waits for it, on both databases."""

from sqlalchemy import func, insert, select

from backend.models import Match, User, begin_write
from tests.services.tracking import tell

PENDING, SMALL = 5_000, 200


def like(session, row, count, **other):
    """So many rows like this one but for what is said; returns their ids."""
    values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    del values["id"]
    rows = [values | {name: make(number) for name, make in other.items()} for number in range(count)]
    return list(session.scalars(insert(type(row)).returning(type(row).id), rows))


def test_a_giant_that_waits_longest_keeps_no_small_tracker_from_the_next_pass(world, mailbox):
    session = world.session
    users = world.add_user(), world.add_user()
    ids = world.track(users[0], "python"), world.track(users[1], "gardener")
    world.forward(minutes=1)
    world.crawl(["Python developer", "Gardener"])
    world.match()
    begin_write(session)
    giant, small = (session.scalars(select(Match).where(Match.tracker_id == one)).one() for one in ids)
    listings = like(session, giant.listing, PENDING, external_id="more {}".format)
    like(session, giant, PENDING, listing_id=listings.__getitem__, due_at=lambda _: world.now)
    people = like(session, session.get_one(User, users[1]), SMALL - 1, email="{}@example.org".format)
    trackers = like(session, small.tracker, SMALL - 1, user_id=people.__getitem__, token="small {}".format)
    like(session, small, SMALL - 1, user_id=people.__getitem__, tracker_id=trackers.__getitem__)
    session.commit()
    world.forward(minutes=1)
    done = 0
    while sent := tell(world).sent:
        done += sent
    assert done == SMALL + 1
    assert len(set(mailbox.ids)) == SMALL + 1
    assert session.scalar(select(func.count(Match.id)).where(Match.told_at.is_(None))) == 0

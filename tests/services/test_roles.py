"""One role in many places is told once, with all its places."""

import time
from threading import Thread

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.same_role import alike, role_title, words_of
from backend.models import ListingText, Match, begin_write
from backend.services import roles
from tests.mailbox import text_of
from tests.services.tracking import tell

TEXT = "We look for somebody who repairs engines " + " ".join(f"word{n}" for n in range(200))


def place(city):
    return [{"text": f"{city}, Germany", "city": city, "region": None, "country": "DE"}]


def crawl(world, *rows):
    """Listings (title, city, text) that one crawl brings."""
    world.forward(minutes=1)
    ids = world.crawl([title for title, _, _ in rows])
    for listing_id, (_, city, text) in zip(ids, rows, strict=True):
        world.touch(listing_id, locations=place(city))
        world.session.get_one(ListingText, listing_id).html = f"<p>{text}</p>"
        world.session.commit()
    world.match()
    world.forward(minutes=1)
    return ids


def told_with(world):
    world.session.rollback()
    return dict(world.session.execute(select(Match.listing_id, Match.told_with_id)).all())


def test_one_role_in_three_places_is_one_card_with_three_places(world, mailbox):
    world.track(world.add_user(), "mechanic")
    crawl(world, *[(f"Mechanic ({city})", city, f"{TEXT} {city}") for city in ("Bonn", "Kiel", "Ulm")])
    assert tell(world).sent == 1
    [message] = mailbox.messages
    text = text_of(message, "plain")
    assert "Bonn, Germany; Kiel, Germany; Ulm, Germany" in text
    assert message["Subject"].startswith("Mechanic (Bonn) at ")
    world.session.rollback()
    assert all(world.session.scalars(select(Match.told_at)))


def test_a_place_added_later_is_not_told_again_within_thirty_days(world, mailbox):
    world.track(world.add_user(), "mechanic", duration_days=90)
    crawl(world, ("Mechanic", "Bonn", TEXT))
    assert tell(world).sent == 1
    world.forward(days=20)
    crawl(world, ("Mechanic", "Kiel", TEXT))
    assert tell(world).sent == 0
    world.forward(days=11)
    crawl(world, ("Mechanic", "Ulm", TEXT))
    assert tell(world).sent == 1


def test_a_place_is_told_where_the_earlier_ones_failed_the_filter(world, mailbox):
    world.track(world.add_user(), "mechanic location:kiel")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    assert tell(world).sent == 0
    crawl(world, ("Mechanic", "Kiel", TEXT))
    assert tell(world).sent == 1


def test_another_text_or_another_title_is_another_role(world, mailbox):
    world.track(world.add_user(), "mechanic")
    ids = crawl(
        world,
        ("Mechanic", "Bonn", TEXT),
        ("Mechanic", "Kiel", TEXT.replace("word1", "other1")),
        ("Senior Mechanic", "Ulm", TEXT),
    )
    assert told_with(world) == dict.fromkeys(ids)
    assert tell(world).sent == 1
    assert mailbox.messages[0]["Subject"].startswith("3 new listings")


def test_when_the_first_place_closes_before_the_mail_the_open_one_is_shown(world, mailbox):
    world.track(world.add_user(), "mechanic")
    first, _ = crawl(world, ("Mechanic", "Bonn", TEXT), ("Mechanic", "Kiel", TEXT))
    world.touch(first, closed_at=world.now)
    assert tell(world).sent == 1
    text = text_of(mailbox.messages[0], "plain")
    assert "Kiel" in text
    assert "Bonn" not in text
    assert "closed" not in text


def test_two_users_have_each_their_own_card(world, mailbox):
    world.track(world.add_user(), "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    assert tell(world).sent == 1
    world.forward(minutes=1)
    world.track(world.add_user(), "mechanic")
    crawl(world, ("Mechanic", "Kiel", TEXT))
    assert tell(world).sent == 1
    assert world.count(Match) == 3


def test_nearly_all_words_in_common_is_alike():
    words = [f"w{n}" for n in range(100)]
    assert alike(words, [*words[:98], "x"])
    assert not alike(words, words[:90])
    assert alike([], [])


def test_places_do_not_make_another_title_or_text():
    assert role_title("Koch (m/w/d) Köln", ["Köln"]) == role_title("Koch (m/w/d) - Bonn", ["Bonn"])
    assert role_title("Paris", ["Paris"]) == "paris"
    assert words_of("Kommen Sie nach Köln", ["Köln"]) == words_of("Kommen Sie nach Bonn", ["Bonn"])


def test_the_window_is_counted_from_the_telling(world, mailbox):
    world.track(world.add_user(), "mechanic", duration_days=90)
    crawl(world, ("Mechanic", "Bonn", TEXT))
    world.forward(days=40)  # nothing was sent meanwhile
    crawl(world, ("Mechanic", "Kiel", TEXT))
    assert tell(world).sent == 1
    assert "Kiel" in text_of(mailbox.messages[0], "plain")


def test_two_workers_that_meet_a_role_at_the_same_time_find_one(world, session):
    bonn, kiel = crawl(world, ("Mechanic", "Bonn", TEXT), ("Mechanic", "Kiel", TEXT))
    engine = session.get_bind()

    def meet_as_another() -> None:
        with Session(engine) as other:
            begin_write(other)
            roles.assign(other, [kiel], world.now)
            other.commit()

    begin_write(session)
    roles.assign(session, [bonn], world.now)
    another = Thread(target=meet_as_another)
    another.start()
    time.sleep(0.3)
    session.commit()
    another.join()
    assert len(set(roles.roles_of(session, [bonn, kiel]).values())) == 1

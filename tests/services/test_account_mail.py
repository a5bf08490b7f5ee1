"""Mails about accounts: asked for in a transaction, sent once, with links that end with the password."""

import re

import pytest
from sqlalchemy import select

from backend.mail.outgoing import Postbox
from backend.models import AccountMail, User, begin_write
from backend.queueing import JobName, waiting_key
from backend.services import account_mail, tokens
from backend.services.account_mail import Kind
from backend.services.tokens import BadToken, Purpose
from tests.mailbox import text_of


@pytest.fixture
def ada(world):
    return world.add_user(email="ada@example.org", confirmed_at=None)


def ask(world, kind, email="ada@example.org"):
    begin_write(world.session)
    account_mail.request(world.session, email, kind, world.now)
    world.session.commit()


def send(world):
    with Postbox() as postbox:
        return account_mail.send_due(world.session, world.settings, postbox, world.now, lambda: 0.0)


def link_in(message):
    [link] = re.findall(r"https://\S+", text_of(message))
    return link


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_is_one_mail_with_one_link_as_text_and_html(world, ada, mailbox, kind):
    ask(world, kind)
    assert send(world).sent == 1
    assert send(world).tried == 0
    [message] = mailbox.messages
    assert message["To"] == "ada@example.org"
    assert link_in(message).replace("&", "&amp;") in text_of(message, "html")
    assert "List-Unsubscribe" not in message
    assert message["Auto-Submitted"] == "auto-generated"


def test_asking_wakes_the_sender_and_twice_before_sending_is_one_mail(world, ada, redis_server, mailbox):
    ask(world, Kind.RESET)
    ask(world, Kind.RESET)
    assert redis_server.exists(waiting_key(JobName.SEND_MAIL, ()))
    assert send(world).sent == 1


def test_an_unknown_address_gets_no_mail(world, mailbox):
    ask(world, Kind.RESET, "nobody@example.org")
    assert world.count(AccountMail) == 0
    assert send(world).tried == 0


def test_a_reset_link_ends_with_the_password_it_was_made_for(world, ada, mailbox):
    ask(world, Kind.RESET)
    send(world)
    token = link_in(mailbox.messages[0]).partition("/reset/confirm?token=")[2]
    claim = tokens.read(world.settings, Purpose.RESET, token)
    user = world.session.get_one(User, ada)
    assert claim.user_id == ada
    assert claim.fits(user.session_salt)
    assert not claim.fits("the salt of a new password")
    assert "salt" not in token


def test_a_link_serves_its_own_purpose_only_and_not_for_ever(world, ada):
    token = tokens.make(world.settings, Purpose.CONFIRM, ada, "salt")
    for purpose, text, age in (
        (Purpose.RESET, token, None),
        (Purpose.CONFIRM, token[:-2] + "xx", None),
        (Purpose.CONFIRM, "", None),
        (Purpose.CONFIRM, token, -1),
    ):
        with pytest.raises(BadToken):
            tokens.read(world.settings, purpose, text, age)


def test_a_refused_mail_is_sent_later_even_to_an_address_that_trackers_no_longer_write_to(
    world, ada, mailbox
):
    begin_write(world.session)
    world.session.get_one(User, ada).mail_refused_at = world.now
    world.session.commit()
    ask(world, Kind.RESET)
    mailbox.at_recipient = ["450 4.2.0 later"]
    assert send(world).later == 1
    world.forward(minutes=1)
    assert send(world).sent == 1
    assert mailbox.ids == list(world.session.scalars(select(AccountMail.message_id)))

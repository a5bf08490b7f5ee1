"""Telling by channels, over real HTTP and on both databases: verified first, once, and never dropped."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.fetch import webhook
from backend.mail.outgoing import Postbox
from backend.models import Cadence, Channel, Match, Notification, User, begin_write
from backend.services import account_mail, channels, notifications, reminders, trackers
from backend.services.channels import ChannelConflict, ChannelRefused, NoSuchChannel, WrongCode
from backend.services.couriers import Couriers
from backend.services.routes import ByChannels
from backend.services.tracked_query import TrackerConflict
from backend.services.tracker_channel import NoSuchChannel as NoChannelForTracker
from tests.mailbox import text_of
from tests.services.tracking import tell
from tests.unit.fetch.servers import raw, serve, text


@pytest.fixture
def site():
    with serve() as site:
        site.answers["/hook"] = text("")
        yield site


@pytest.fixture
def world(world, site):
    reachable = {"channel_targets": f"127.0.0.1:{site.port}"}
    world.settings = world.settings.model_copy(update=reachable)
    return world


def tell_channels(world, settings=None):
    settings = settings or world.settings
    route = ByChannels(Couriers(settings, lambda: world.now.timestamp()), settings)
    return notifications.send_by(world.session, settings, route, world.now, lambda: 0.0)


def add(world, user_id, address, name=""):
    return channels.create(world.session, world.settings, user_id, address, name, world.now).id


def code_of(world, channel_id):
    world.session.rollback()
    return world.session.scalar(select(Channel.code).where(Channel.id == channel_id))


def verified(world, site, user_id, path="/hook", name="Chat"):
    """A channel whose code came through it and was typed in."""
    channel_id = add(world, user_id, site.address + path, name)
    tell_channels(world)
    channels.verify(world.session, user_id, channel_id, code_of(world, channel_id), world.now)
    site.seen.clear()
    return channel_id


def channel(world, channel_id):
    world.session.rollback()
    return world.session.get_one(Channel, channel_id)


def track(world, user_id, query, channel_id, **wish):
    return world.track(user_id, query, channel_id=channel_id, **wish)


def find(world, *titles):
    world.forward(minutes=1)
    ids = world.crawl(titles)
    world.match()
    world.forward(minutes=1)
    return ids


def untold(world):
    world.session.rollback()
    return len(world.session.scalars(select(Match.id).where(Match.told_at.is_(None))).all())


def told(site):
    return [json.loads(seen.body) for seen in site.seen]


def test_a_channel_is_verified_by_the_code_that_came_through_it(world, site, ada):
    channel_id = add(world, ada, f"{site.address}/hook?key=secret", "Chat")
    assert channels.state_of(channel(world, channel_id), world.settings) == "unverified"
    assert "secret" not in channels.hint(channel(world, channel_id))
    assert tell_channels(world).sent == 1
    [sent] = told(site)
    assert (sent["type"], sent["data"]["channel"]) == ("channel.code", "Chat")
    assert channel(world, channel_id).code_sent_at == world.now
    made = channels.verify(world.session, ada, channel_id, sent["data"]["code"], world.now)
    assert channels.state_of(made, world.settings) == "works"
    with pytest.raises(ChannelConflict):
        channels.verify(world.session, ada, channel_id, sent["data"]["code"], world.now)
    assert tell_channels(world).tried == 0


def test_a_code_is_good_for_five_tries_and_an_hour_and_comes_once_a_minute(world, ada, site):
    channel_id = add(world, ada, f"{site.address}/hook")
    wrong = "000000" if code_of(world, channel_id) != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(WrongCode):
            channels.verify(world.session, ada, channel_id, wrong, world.now)
    with pytest.raises(ChannelConflict, match="another one"):
        channels.verify(world.session, ada, channel_id, code_of(world, channel_id), world.now)
    with pytest.raises(ChannelConflict, match="less than a minute"):
        channels.send_code(world.session, world.settings, ada, channel_id, world.now)
    channels.send_code(world.session, world.settings, ada, channel_id, world.forward(minutes=1))
    assert tell_channels(world).sent == 1, "the first code is worth nothing any more, and is not sent"
    assert [one["data"]["code"] for one in told(site)] == [code_of(world, channel_id)]
    late = world.now + timedelta(hours=1)
    with pytest.raises(ChannelConflict):
        channels.verify(world.session, ada, channel_id, code_of(world, channel_id), late)


def test_a_code_that_cannot_be_sent_is_tried_once_and_the_reason_is_kept(world, ada, site):
    site.answers["/hook"] = text("", 500)
    channel_id = add(world, ada, f"{site.address}/hook")
    assert tell_channels(world).failed == 1
    found = channel(world, channel_id)
    assert found.error == "127.0.0.1 answered 500 Internal Server Error"
    assert (found.code_sent_at, found.wait_until, found.refused_at) == (None, None, None)
    world.forward(hours=1)
    assert tell_channels(world).tried == 0


def test_an_account_has_ten_channels_at_most_and_they_are_its_own(world, ada, site):
    bob = world.add_user()
    mine = [add(world, ada, f"{site.address}/hook") for _ in range(10)]
    with pytest.raises(ChannelConflict, match="10 channels"):
        add(world, ada, f"{site.address}/hook")
    channels.remove(world.session, ada, mine[0], world.now)
    add(world, ada, f"{site.address}/hook")
    with pytest.raises(NoSuchChannel):
        channels.remove(world.session, bob, mine[1], world.now)
    with pytest.raises(NoChannelForTracker, match="no such channel"):
        track(world, bob, "python", mine[1])
    with pytest.raises(TrackerConflict, match="Verify"):
        track(world, ada, "python", mine[1])


def test_what_a_webhook_gets_is_signed_as_the_specification_says(world, ada, site):
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id, name="Snakes")
    find(world, "Python developer")
    assert tell_channels(world).sent == 1
    [seen] = site.seen
    key = base64.b64decode(channels.secret_of(world.session, ada, channel_id).removeprefix("whsec_"))
    signed = b".".join([seen.headers["webhook-id"].encode(), seen.headers["webhook-timestamp"].encode()])
    digest = hmac.new(key, signed + b"." + seen.body, hashlib.sha256).digest()
    assert seen.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert seen.headers["webhook-timestamp"] == str(int(world.now.timestamp()))
    assert (seen.method, seen.headers["content-type"]) == ("POST", "application/json")
    message_id = world.session.scalars(select(Notification.message_id).where(Notification.kind == "digest"))
    assert message_id.one().startswith(f"<{seen.headers['webhook-id']}@")
    [sent] = told(site)
    [found] = sent["data"]["trackers"]
    assert (sent["type"], sent["id"]) == ("tracker.matches", seen.headers["webhook-id"])
    assert (sent["data"]["count"], sent["data"]["more"], found["name"]) == (1, 0, "Snakes")
    [listing] = found["listings"]
    assert (listing["title"], listing["company"], listing["places"]) == ("Python developer", "Acme", "Berlin")
    assert listing["link"] == f"https://jobs.example.org/listings/{listing['id']}"
    assert found["renew_link"].startswith("https://jobs.example.org/renew/")


def test_another_secret_signs_from_then_on(world, ada, site):
    channel_id = verified(world, site, ada)
    before = channels.secret_of(world.session, ada, channel_id)
    after = channels.replace_secret(world.session, ada, channel_id)
    assert before != after == channels.secret_of(world.session, ada, channel_id)


def test_each_tracker_tells_its_own_way_and_nothing_is_told_twice(world, ada, site, mailbox):
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id)
    world.track(ada, "gardener")
    find(world, "Python developer", "Gardener", "Python gardener")
    for _ in range(3):
        tell(world)
        tell_channels(world)
        world.match()
        world.forward(hours=1)
    [message] = mailbox.messages
    assert message["Subject"] == "2 new listings for gardener"
    [sent] = told(site)
    assert [one["title"] for one in sent["data"]["trackers"][0]["listings"]] == [
        "Python gardener",
        "Python developer",
    ]
    assert untold(world) == 0


@pytest.mark.parametrize("trouble", ["unverified", "refused", "off"])
def test_a_channel_that_takes_nothing_holds_what_is_found(world, ada, site, mailbox, trouble):
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id)
    begin_write(world.session)
    found = world.session.get_one(Channel, channel_id)
    if trouble == "unverified":
        found.verified_at = None
    if trouble == "refused":
        found.refused_at = world.now
    world.session.commit()
    off = world.settings.model_copy(update={"channels": "apprise"})
    find(world, "Python developer")
    settings = off if trouble == "off" else world.settings
    assert channels.state_of(channel(world, channel_id), settings) == trouble
    assert tell_channels(world, settings).tried == 0
    assert tell(world).tried == 0
    assert (site.seen, mailbox.raw, untold(world)) == ([], [], 1)
    if trouble != "off":
        channels.send_code(world.session, world.settings, ada, channel_id, world.now)
        tell_channels(world)
        channels.verify(world.session, ada, channel_id, code_of(world, channel_id), world.now)
    assert tell_channels(world).sent == 1
    assert untold(world) == 0


def test_a_refusal_for_now_is_tried_again_under_the_same_id_when_it_was_asked_to(world, ada, site):
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id)
    find(world, "Python developer")
    site.answers["/hook"] = text("", 503, {"Retry-After": "600"})
    assert tell_channels(world).later == 1
    assert channels.state_of(channel(world, channel_id), world.settings) == "failing"
    find(world, "Python tester")
    assert tell_channels(world).tried == 0, "the others of a failing channel wait too"
    site.answers["/hook"] = text("")
    world.forward(minutes=10)
    assert tell_channels(world).sent == 2
    ids = [seen.headers["webhook-id"] for seen in site.seen]
    assert ids[0] == ids[1] != ids[2]
    assert untold(world) == 0
    assert channels.state_of(channel(world, channel_id), world.settings) == "works"


def test_a_channel_that_is_gone_is_refused_and_what_it_had_waits_until_it_is_verified_anew(
    world, ada, site, mailbox
):
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id)
    find(world, "Python developer")
    site.answers["/hook"] = text("", 410)
    assert tell_channels(world).later == 1
    found = channel(world, channel_id)
    assert (found.refused_at, found.error) == (world.now, "127.0.0.1 answered 410 Gone")
    with Postbox() as postbox:
        assert account_mail.send_due(world.session, world.settings, postbox, world.now, lambda: 0.0).sent == 1
    assert "https://jobs.example.org/account" in text_of(mailbox.messages[0])
    world.forward(days=2)
    assert tell_channels(world).tried == 0
    site.answers["/hook"] = text("")
    channels.send_code(world.session, world.settings, ada, channel_id, world.now)
    tell_channels(world)
    channels.verify(world.session, ada, channel_id, code_of(world, channel_id), world.now)
    assert tell_channels(world).sent == 1
    assert untold(world) == 0


def test_a_channel_that_fails_for_days_is_refused_and_loses_nothing(world, ada, site):
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id, duration_days=30)
    find(world, "Python developer")
    site.answers["/hook"] = text("", 500)
    for _ in range(30):
        tell_channels(world)
        world.forward(hours=7)
    assert channel(world, channel_id).refused_at is not None
    assert untold(world) == 1
    assert world.session.scalars(select(Notification).where(Notification.failed_at.is_not(None))).all() == []


@pytest.mark.usefixtures("mailbox")
def test_a_silent_webhook_may_have_got_it_and_gets_the_same_message_again(world, ada, site, mocker):
    mocker.patch.object(webhook, "SECONDS", 0.3)
    channel_id = verified(world, site, ada)
    tracker_id = track(world, ada, "python", channel_id)
    find(world, "Python developer")
    site.answers["/hook"] = raw(b"HTTP/1.1 ", b"", pause=1)
    assert tell_channels(world).later == 1
    trackers.change(world.session, world.settings, ada, tracker_id, to_mail(), world.now)
    site.answers["/hook"] = text("")
    world.forward(minutes=2)
    assert tell_channels(world).sent == 1, "it stays with its message, although the tracker tells by mail now"
    assert len({seen.headers["webhook-id"] for seen in site.seen}) == 1
    assert (tell(world).tried, untold(world)) == (0, 0)


def to_mail():
    return trackers.Change(channel_id=None, keep_channel=False)


def test_what_was_refused_goes_by_mail_once_its_tracker_does(world, ada, site, mailbox):
    channel_id = verified(world, site, ada)
    tracker_id = track(world, ada, "python", channel_id)
    find(world, "Python developer")
    site.answers["/hook"] = text("", 410)
    tell_channels(world)
    trackers.change(world.session, world.settings, ada, tracker_id, to_mail(), world.now)
    assert tell(world).sent == 1
    assert "Python developer" in text_of(mailbox.messages[0])
    assert untold(world) == 0
    assert (
        "tell another way"
        in world.session.scalars(select(Notification.error).where(Notification.error.is_not(None))).one()
    )


def test_a_deleted_channel_gives_its_trackers_back_to_mail_and_keeps_only_its_name(world, ada, site, mailbox):
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id)
    find(world, "Python developer")
    site.answers["/hook"] = text("", 503)
    tell_channels(world)
    channels.remove(world.session, ada, channel_id, world.now)
    find(world, "Python tester")
    world.forward(minutes=2)
    assert tell_channels(world).tried == 0
    tell(world)
    assert untold(world) == 0
    words = "".join(text_of(message) for message in mailbox.messages)
    assert [words.count(title) for title in ("Python developer", "Python tester")] == [1, 1]
    found = channel(world, channel_id)
    assert (found.name, found.address, found.secret) == ("Chat", None, None)
    assert channels.list_for(world.session, ada) == []


def test_what_may_have_arrived_by_a_deleted_channel_comes_by_mail_under_the_same_id(
    world, ada, site, mailbox, mocker
):
    mocker.patch.object(webhook, "SECONDS", 0.3)
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id)
    find(world, "Python developer")
    site.answers["/hook"] = raw(b"HTTP/1.1 ", b"", pause=1)
    tell_channels(world)
    channels.remove(world.session, ada, channel_id, world.now)
    world.forward(minutes=2)
    assert tell(world).sent == 1
    [seen] = site.seen
    assert mailbox.ids[0].startswith(f"<{seen.headers['webhook-id']}@")
    assert untold(world) == 0


def test_a_failing_channel_holds_up_no_mail_and_no_other_channel(world, ada, site, mailbox):
    site.answers["/dead"] = text("")
    dead = verified(world, site, ada, "/dead")
    site.answers["/dead"] = text("", 500)
    bob = world.add_user(email="bob@example.org")
    alive = verified(world, site, bob)
    track(world, ada, "python", dead)
    track(world, bob, "python", alive)
    world.track(ada, "developer")
    find(world, "Python developer")
    done = tell_channels(world)
    assert (done.sent, done.later) == (1, 1)
    assert tell(world).sent == 1
    assert untold(world) == 1


def test_who_is_not_written_to_is_told_by_channel_and_a_disabled_user_is_not(world, ada, site):
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id)
    begin_write(world.session)
    world.session.get_one(User, ada).mail_refused_at = world.now
    world.session.commit()
    find(world, "Python developer")
    assert tell_channels(world).sent == 1
    begin_write(world.session)
    world.session.get_one(User, ada).disabled_at = world.now
    world.session.commit()
    find(world, "Python tester")
    assert tell_channels(world).tried == 0


def test_quiet_hours_hold_matches_but_no_code(world, ada, site):
    channel_id = verified(world, site, ada)
    track(world, ada, "python", channel_id)
    find(world, "Python developer")
    begin_write(world.session)
    user = world.session.get_one(User, ada)
    user.quiet_from, user.quiet_until = world.now.hour, (world.now.hour + 2) % 24
    world.session.commit()
    assert tell_channels(world).tried == 0
    add(world, ada, f"{site.address}/hook")
    assert tell_channels(world).sent == 1
    world.forward(hours=2)
    assert tell_channels(world).sent == 1


def test_the_reminder_of_a_trackers_end_goes_its_way(world, ada, site, mailbox):
    channel_id = verified(world, site, ada)
    tracker_id = track(world, ada, "python", channel_id, cadence=Cadence.DAILY, duration_days=7)
    world.now = world.tracker(tracker_id).expires_at - timedelta(days=2)
    assert reminders.remind(world.session, world.settings, world.now) == 1
    assert (tell(world).tried, tell_channels(world).sent) == (0, 1)
    [sent] = told(site)
    assert (sent["type"], sent["data"]["tracker"]["id"]) == ("tracker.ending", tracker_id)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/hook",
        "https://10.0.0.1/hook",
        "http://localhost/hook",
        "https://[::1]/hook",
        "https://user:pass@example.org/hook",
        "https://example.org:8080/hook",
        "syslog://",
        "dbus://",
        "file:///etc/passwd",
        "mqtt://example.org/topic",
        "mailto://user:pass@example.org",
        "macosx://x",
        "nothing",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_never_asked_is_refused_at_once(world, ada, address):
    with pytest.raises(ChannelRefused):
        add(world, ada, address)
    assert channels.list_for(world.session, ada) == []


def test_a_public_name_that_leads_inside_is_refused_when_it_is_spoken_to(world, ada, site, mocker):
    here = (2, 1, 6, "", ("127.0.0.1", 80))
    mocker.patch("backend.fetch.addresses.socket.getaddrinfo", return_value=[here])
    channel_id = add(world, ada, "http://hooks.example.org/hook")
    assert tell_channels(world).failed == 1
    words = "the address is refused: it resolves to 127.0.0.1, a loopback address"
    assert channel(world, channel_id).error == words
    assert site.seen == []


def test_no_redirect_is_followed(world, ada, site):
    site.answers["/hook"] = text("", 302, {"Location": f"{site.address}/inside"})
    channel_id = add(world, ada, f"{site.address}/hook")
    assert tell_channels(world).failed == 1
    assert "redirects are not followed" in channel(world, channel_id).error
    assert [seen.target for seen in site.seen] == ["/hook"]


def test_apprise_gets_a_short_text_with_a_link_to_the_rest(world, ada, site):
    channel_id = add(world, ada, f"json://127.0.0.1:{site.port}/hook")
    assert tell_channels(world).sent == 1
    [code] = told(site)
    assert code_of(world, channel_id) in code["message"]
    channels.verify(world.session, ada, channel_id, code_of(world, channel_id), world.now)
    track(world, ada, "python", channel_id, name="Snakes")
    find(world, *[f"Python <b>{number}</b>" for number in range(12)])
    assert tell_channels(world).sent == 1
    sent = told(site)[1]
    assert sent["title"] == "12 new listings for Snakes"
    assert sent["message"].splitlines()[0] == "Python <b>11</b> at Acme, Berlin"
    assert sent["message"].splitlines()[10] == "and 2 more"
    assert sent["message"].splitlines()[11].startswith("https://jobs.example.org/trackers/")
    assert untold(world) == 0


def test_what_apprise_says_of_a_failure_is_kept_and_it_is_tried_again(world, ada, site):
    channel_id = add(world, ada, f"json://127.0.0.1:{site.port}/hook")
    tell_channels(world)
    channels.verify(world.session, ada, channel_id, code_of(world, channel_id), world.now)
    track(world, ada, "python", channel_id)
    find(world, "Python developer")
    site.answers["/hook"] = text("", 500)
    assert tell_channels(world).later == 1
    assert "500" in channel(world, channel_id).error
    site.answers["/hook"] = text("")
    world.forward(minutes=2)
    assert tell_channels(world).sent == 1


def test_apprise_reaches_no_private_address_that_the_operator_has_not_allowed(world, ada, site):
    closed = world.settings.model_copy(update={"channel_targets": ""})
    channel_id = add(world, ada, f"json://127.0.0.1:{site.port}/hook")
    assert tell_channels(world, closed).failed == 1
    words = f"the address is refused: port {site.port}; only 80 and 443 are asked"
    assert channel(world, channel_id).error == words
    assert site.seen == []

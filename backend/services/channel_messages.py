"""What a channel is told: the same as a mail says, as JSON for a webhook and as a short text for Apprise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.domain.one_line import one_line
from backend.mail.digest import Card, Changed, Digest, Group, headline
from backend.mail.ending import Ending
from backend.mail.ending import headline as ending_headline
from backend.services.messages import Message

TEXT_SHOWN = 10
LINE_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Short:
    """Plain text."""

    title: str
    body: str


def plain_id(message_id: str) -> str:
    """The Message-ID without brackets and host: a signature joins its parts by dots, so it holds none."""
    return message_id.strip("<>").partition("@")[0]


def payload(message: Message) -> dict[str, Any]:
    """A webhook's body; docs/trackers.md describes it."""
    if isinstance(message, Digest):
        kind, data = "tracker.matches", digest_data(message)
    elif isinstance(message, Ending):
        kind, data = "tracker.ending", ending_data(message)
    else:
        kind, data = "channel.code", {"channel": message.channel, "code": message.code}
    return {
        "type": kind,
        "id": plain_id(message.message_id),
        "timestamp": message.date.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": data,
    }


def digest_data(digest: Digest) -> dict[str, Any]:
    return {
        "headline": headline(digest),
        "count": digest.count,
        "changed": digest.changed,
        "more": digest.more,
        "link": digest.trackers_link,
        "stop_link": digest.stop_link,
        "failing": list(digest.failing),
        "more_failing": digest.more_failing,
        "trackers": [group_data(group) for group in digest.groups],
    }


def group_data(group: Group) -> dict[str, Any]:
    return {
        "id": group.tracker_id,
        "name": group.name,
        "query": group.query,
        "ends": group.ends,
        "link": group.link,
        "renew_link": group.renew_link,
        "stop_link": group.stop_link,
        "listings": [card_data(card) for card in group.cards],
        "changed": [card_data(card) for card in group.changed],
    }


def card_data(card: Card | Changed) -> dict[str, Any]:
    if isinstance(card, Card):
        own: dict[str, Any] = {"facts": list(card.facts), "age": card.age}
    else:
        own = {"changes": list(card.lines)}
    return {
        "id": card.listing_id,
        "title": card.title,
        "company": card.company,
        "places": card.places,
        **own,
        "source": card.source,
        "link": card.link,
        "original": card.original,
        "closed": card.closed,
        "also_in": list(card.also_in),
    }


def ending_data(ending: Ending) -> dict[str, Any]:
    return {
        "tracker": {"id": ending.tracker_id, "name": ending.name, "query": ending.query},
        "ends": ending.ends,
        "found": ending.found,
        "link": ending.link,
        "renew_link": ending.renew_link,
        "stop_link": ending.stop_link,
    }


def short(message: Message) -> Short:
    """What fits a phone: a title, and a line for each listing of the first few."""
    if isinstance(message, Digest):
        return Short(headline(message), digest_text(message))
    if isinstance(message, Ending):
        body = f"It has found {message.found}. Let it go on: {message.renew_link}"
        return Short(ending_headline(message), body)
    body = f"{message.code} is the code of the channel {message.channel}. Type it in at {message.link}"
    return Short("Job Tracker", body)


def digest_text(digest: Digest) -> str:
    cards: list[Card | Changed] = []
    for group in digest.groups:
        cards += [*group.cards, *group.changed]
    lines = [line_of(card) for card in cards[:TEXT_SHOWN]]
    rest = digest.count + digest.changed - len(lines)
    if rest > 0:
        lines.append(f"and {rest} more")
    return "\n".join([*lines, digest.trackers_link])


def line_of(card: Card | Changed) -> str:
    said = ", ".join(part for part in (f"{card.title} at {card.company}", card.places) if part)
    if isinstance(card, Changed):
        return one_line(f"{said}: {'; '.join(card.lines)}", LINE_LENGTH)
    return one_line(f"{said} (closed)" if card.closed else said, LINE_LENGTH)

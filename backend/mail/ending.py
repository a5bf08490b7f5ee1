"""A tracker ends soon: the mail that says so, with a link that renews it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.mail.letter import Letter
from backend.mail.rendering import render


@dataclass(frozen=True, slots=True)
class Ending:
    """A reminder before it is written. `found` counts the matches so far; `ends` is a day in words."""

    to: str
    message_id: str
    date: datetime
    tracker_id: int
    name: str
    query: str
    ends: str
    found: int
    renew_link: str
    link: str
    stop_link: str
    post_link: str
    host: str


def letter(ending: Ending) -> Letter:
    return Letter(
        to=ending.to,
        subject=headline(ending),
        text=render("ending.txt", ending=ending, headline=headline(ending)),
        html=render("ending.html", ending=ending, headline=headline(ending)),
        message_id=ending.message_id,
        date=ending.date,
        headers={
            "List-Id": f"Job Tracker digests <trackers.{ending.host}>",
            "List-Unsubscribe": f"<{ending.post_link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def headline(ending: Ending) -> str:
    return f"{ending.name} ends on {ending.ends}"

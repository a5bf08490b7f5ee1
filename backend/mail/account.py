"""Mails about an account: that somebody asked for, or that its owner must know of. No tracker sends them."""

from __future__ import annotations

from datetime import datetime

from backend.mail.letter import Letter
from backend.mail.rendering import render


def confirmation(email: str, link: str, *, message_id: str, date: datetime) -> Letter:
    """Confirm the address of a new account."""
    lines = (
        "Somebody, most likely you, made an account at Job Tracker with this address.",
        "Confirm the address to log in and to get mails of your trackers. The link is good for 7 days.",
    )
    if_not = "If it was not you, do nothing: without the confirmation nothing is ever sent here."
    return written("Confirm your address", email, lines, ("Confirm", link), if_not, message_id, date)


def reset(email: str, link: str, *, message_id: str, date: datetime) -> Letter:
    """Set a new password."""
    lines = (
        "Somebody, most likely you, asked to set a new password for your account at Job Tracker.",
        "The link is good for 2 hours and ends with the password it changes.",
    )
    if_not = "If it was not you, do nothing: your password stays as it is."
    return written("Set a new password", email, lines, ("Set a new password", link), if_not, message_id, date)


def already_registered(email: str, link: str, *, message_id: str, date: datetime) -> Letter:
    """Somebody registered an address that has an account."""
    lines = (
        "Somebody, most likely you, tried to make an account at Job Tracker with this address.",
        "There is one already: log in with it, or set a new password if you forgot yours.",
    )
    if_not = "If it was not you, do nothing: nothing has changed."
    subject = "You already have an account"
    return written(subject, email, lines, ("Set a new password", link), if_not, message_id, date)


def password_changed(email: str, link: str, *, message_id: str, date: datetime) -> Letter:
    """The password was changed."""
    lines = ("The password of your account at Job Tracker was changed, and all other sessions were ended.",)
    if_not = "If it was not you, set a new password at once: whoever changed it is locked out by that."
    subject = "Your password was changed"
    return written(subject, email, lines, ("Set a new password", link), if_not, message_id, date)


def channel_refused(email: str, link: str, *, message_id: str, date: datetime) -> Letter:
    """A channel takes nothing any more: its owner may look at nothing else."""
    lines = (
        "One of your channels at Job Tracker takes no messages any more.",
        "Nothing is lost: what your trackers find waits until you verify the channel anew, let them tell "
        "another way, or delete it.",
    )
    if_not = "The page says what went wrong, and since when."
    subject = "A channel takes nothing any more"
    return written(subject, email, lines, ("Look at my channels", link), if_not, message_id, date)


def written(
    subject: str,
    email: str,
    lines: tuple[str, ...],
    action: tuple[str, str],
    if_not: str,
    message_id: str,
    date: datetime,
) -> Letter:
    values = {"subject": subject, "lines": lines, "label": action[0], "link": action[1], "if_not": if_not}
    return Letter(
        to=email,
        subject=f"{subject} - Job Tracker",
        text=render("account.txt", **values),
        html=render("account.html", **values),
        message_id=message_id,
        date=date,
    )

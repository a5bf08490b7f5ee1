"""Why a message was not accepted, whatever way it went: what its sender must do next."""

from __future__ import annotations

from datetime import timedelta


class Undelivered(Exception):
    """A message was not accepted. The words are fit for a log and for the message's owner.

    `known_unsent`: they said no, or were never reached, so nobody can have got it. `for_good`: another try
    would be answered alike. `away`: the way itself is down, for other messages too. `closed`: the target
    takes nothing any more. `wait`: they asked for so much patience.
    """

    known_unsent = True
    for_good = False
    away = False
    closed = False

    def __init__(self, words: str, wait: timedelta | None = None) -> None:
        super().__init__(words)
        self.wait = wait

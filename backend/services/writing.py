"""Mails one after another over one connection, each written while the server is busy with the one before."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from rq.timeouts import JobTimeoutException

from backend.domain.undelivered import Undelivered
from backend.mail.letter import Letter
from backend.services import delivery, messages
from backend.services.delivery import Mailer
from backend.services.messages import Write

log = logging.getLogger(__name__)

Written = tuple[int, Letter | Undelivered]


def hand_over_all(
    mailer: Mailer, writes: Mapping[int, Write], seconds: float, clock: Callable[[], float] = time.monotonic
) -> dict[int, Undelivered | None]:
    """Send for so many seconds, with no transaction open. Returns of each that was tried what went wrong."""
    results: dict[int, Undelivered | None] = {}
    until = clock() + seconds
    pieces = in_pieces(writes)
    ahead: list[Written] = []

    def write_on() -> None:
        """One more piece, unless a mail is ready."""
        if not ahead:
            ahead.extend(next(pieces, ()))

    mailer.meanwhile = write_on
    try:
        while len(results) < len(writes) and clock() < until:
            while not ahead:
                write_on()
            number, letter = ahead.pop()
            error = letter if isinstance(letter, Undelivered) else delivery.hand_over(mailer, letter)
            results[number] = error
            if error is not None and error.away:
                break
    finally:
        mailer.meanwhile = None
    return results


def in_pieces(writes: Mapping[int, Write]) -> Iterator[Sequence[Written]]:
    """Each gives what is ready. One that cannot be written holds back no other.

    There is something to do in each of the two waits of a mail (see `mail/smtp`).
    """
    for number, write in writes.items():
        try:
            message = write()
            yield ()
            letter = messages.letter(message)
            _ = letter.content
        except JobTimeoutException:
            raise
        except Exception:
            log.exception("a message could not be written; it is tried again later")
            yield [(number, Undelivered("it could not be written; the log says why"))]
        else:
            yield [(number, letter)]

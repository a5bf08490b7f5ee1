"""One mail to one recipient over an SMTP connection, waiting for the server twice instead of four times.

Where a server says PIPELINING (RFC 2920; nearly all do), sender, recipient and DATA go to it together. The
standard library, whose connection this is, sends one and waits, whatever the server says.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Sequence
from enum import Enum
from functools import lru_cache
from typing import NoReturn

from backend.mail.letter import PLAIN

TAKEN = frozenset({250, 251})
GO_ON = 354
CLOSING = 421

Reply = tuple[int, bytes]


class Part(Enum):
    """What the server was asked to take."""

    SENDER, RECIPIENT, TEXT = range(3)


class MailRefused(smtplib.SMTPResponseException):
    """The server did not take a part of a mail, and so not the mail."""

    def __init__(self, part: Part, reply: Reply) -> None:
        super().__init__(*reply)
        self.part = part


class PatientSMTP(smtplib.SMTP):
    """Does something else while the server thinks: most of the time that a message costs is its."""

    meanwhile: Callable[[], None] | None = None

    def hand_over(self, sender: str, to: str, content: bytes) -> None:
        """Returns when the server has accepted the mail; the addresses are in ASCII, the lines end in CRLF.

        `meanwhile` is done twice. Raises MailRefused, ValueError, SMTPServerDisconnected, and OSError.
        """
        if len(f"{sender}{to}".splitlines()) > 1:
            raise ValueError(f"a line end in an address: {sender!r}, {to!r}")
        self.ehlo_or_helo_if_needed()
        size = f" size={len(content)}" if self.does_esmtp and self.has_extn("size") else ""
        replies = self.replies_to(
            [f"MAIL FROM:{in_angles(sender)}{size}", f"RCPT TO:{in_angles(to)}", "DATA"]
        )
        for part, (code, words) in zip(Part, replies, strict=False):
            if not (code == GO_ON if part is Part.TEXT else code in TAKEN):
                if replies[-1][0] == GO_ON:  # though it is for nobody: an empty text ends it
                    self.reply_to(b".\r\n")
                self.refused(part, (code, words))
        self.send(dots_doubled(content) + b".\r\n")
        self.do_meanwhile()
        reply = self.getreply()
        if reply[0] not in TAKEN:
            self.refused(Part.TEXT, reply)

    def replies_to(self, commands: Sequence[str]) -> list[Reply]:
        """Up to the first that is refused, if the server takes them one by one, or closes."""
        together = self.has_extn("pipelining")
        lines = [f"{command}\r\n".encode("ascii") for command in commands]
        self.send(b"".join(lines) if together else lines[0])
        self.do_meanwhile()
        replies = [self.getreply()]
        for line in lines[1:]:
            if replies[-1][0] == CLOSING or (not together and replies[-1][0] not in TAKEN):
                break
            replies.append(self.getreply() if together else self.reply_to(line))
        return replies

    def reply_to(self, line: bytes) -> Reply:
        self.send(line)
        return self.getreply()

    def refused(self, part: Part, reply: Reply) -> NoReturn:
        """Leave the connection ready for the next mail, and raise."""
        if reply[0] == CLOSING:
            self.close()
        else:
            self.rset()
        raise MailRefused(part, reply)

    def do_meanwhile(self) -> None:
        if self.meanwhile is not None:
            self.meanwhile()


class EncryptedSMTP(PatientSMTP, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""


@lru_cache(maxsize=100)
def in_angles(address: str) -> str:
    """An address, without a name before it."""
    return f"<{address}>" if PLAIN.fullmatch(address) else smtplib.quoteaddr(address)


def dots_doubled(content: bytes) -> bytes:
    """Lines that begin with a dot, and the line end that the last one lacks (RFC 5321, 4.5.2)."""
    doubled = re.sub(rb"(?m)^\.", b"..", content)
    return doubled if doubled.endswith(b"\r\n") else doubled + b"\r\n"

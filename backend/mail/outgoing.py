"""The mail extension, and a connection that sends many messages and says how each went.

Flask-Mail sets no timeout, checks no certificate and lets every SMTP error through as it is; here a caller
learns only what it must do: try this message again, try all again, or never write to that address.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from flask_mail import Connection, Mail

from backend.domain.undelivered import Undelivered
from backend.mail.letter import Letter, address_in_ascii

mail = Mail()
TIMEOUT_SECONDS = 20
CLOSING = 421


class MailError(Undelivered):
    """A mail was not accepted."""


class MailUnavailable(MailError):
    """The server cannot be reached or refuses us: no message would pass now.

    The line may also have broken after the server had taken this one.
    """

    known_unsent = False
    away = True


class TryLater(MailError):
    """The server refused this message for now (4xx)."""


class MessageRefused(MailError):
    """The server refused this message for good (5xx after the recipient was accepted)."""

    for_good = True


class AddressRefused(MailError):
    """The server refused the recipient for good (5xx)."""

    for_good = True


class PatientSMTP(smtplib.SMTP):
    """Does something else while the server thinks: most of the time that a message costs is its."""

    meanwhile: Callable[[], None] | None = None

    def getreply(self) -> tuple[int, bytes]:
        if self.meanwhile is not None:
            self.meanwhile()
        return super().getreply()


class EncryptedSMTP(PatientSMTP, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""


class TimedConnection(Connection):
    """Flask-Mail's connection with a timeout, and with certificates checked."""

    def configure_host(self) -> PatientSMTP:
        context = ssl.create_default_context() if self.mail.use_ssl or self.mail.use_tls else None
        host: PatientSMTP
        if self.mail.use_ssl:
            host = EncryptedSMTP(self.mail.server, self.mail.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            host = PatientSMTP(self.mail.server, self.mail.port, timeout=TIMEOUT_SECONDS)
        if self.mail.use_tls:
            host.starttls(context=context)
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host

    def send_letter(self, letter: Letter) -> None:
        if self.host is not None:
            self.host.sendmail(address_in_ascii(letter.sender), address_in_ascii(letter.to), letter.content)


class Postbox:
    """One SMTP connection for many messages: opened by the first, opened again after it broke.

    While the server thinks, `meanwhile` is done (see `services/writing`). `send` raises one of the
    MailErrors. A context manager: leaving it closes the connection.
    """

    def __init__(self) -> None:
        self.connection: TimedConnection | None = None
        self.meanwhile: Callable[[], None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, letter: Letter) -> None:
        """Hand a message to the server. When this returns, the server has accepted it."""
        used_before = self.connection is not None
        try:
            self.hand_over(letter)
        except smtplib.SMTPServerDisconnected as error:
            self.close()
            if not used_before:
                raise MailUnavailable(in_words(error)) from error
            self.send(letter)  # many servers close an idle connection; the Message-ID stays the same

    def hand_over(self, letter: Letter) -> None:
        try:
            if self.connection is None:
                self.connection = TimedConnection(mail.connect().mail).__enter__()
            if isinstance(self.connection.host, PatientSMTP):
                self.connection.host.meanwhile = self.meanwhile
            self.connection.send_letter(letter)
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise refusal(code, reply, AddressRefused) from error
        except smtplib.SMTPDataError as error:
            raise refusal(error.smtp_code, error.smtp_error, MessageRefused) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailUnavailable(in_words(error)) from error

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None and connection.host is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.host.quit()


def refusal(code: int, reply: bytes | str, for_good: type[MailError]) -> MailError:
    """What a reply code means (RFC 5321; the enhanced codes are RFC 3463's).

    5.7 is policy ("relay access denied"): it blames us and not the address, so it is tried again.
    """
    words = reply_in_words(code, reply)
    if code == CLOSING:
        return MailUnavailable(words)
    return TryLater(words) if code < 500 or words[4:].startswith("5.7.") else for_good(words)


def in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return reply_in_words(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"[:300]


def reply_in_words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"[:300]

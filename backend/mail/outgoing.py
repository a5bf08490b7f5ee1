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
from backend.mail.smtp import CLOSING, EncryptedSMTP, MailRefused, Part, PatientSMTP

mail = Mail()
TIMEOUT_SECONDS = 20


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

    def send_letter(self, letter: Letter, meanwhile: Callable[[], None] | None) -> None:
        if isinstance(self.host, PatientSMTP):
            self.host.meanwhile = meanwhile
            self.host.hand_over(address_in_ascii(letter.sender), address_in_ascii(letter.to), letter.content)


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
            self.connection.send_letter(letter, self.meanwhile)
        except smtplib.SMTPServerDisconnected:
            raise
        except MailRefused as error:
            if error.part is Part.SENDER:
                self.close()
            raise refusal(error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailUnavailable(in_words(error)) from error

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None and connection.host is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.host.quit()


def refusal(error: MailRefused) -> MailError:
    """What a refusal means (RFC 5321; the enhanced codes are RFC 3463's).

    5.7 is policy ("relay access denied"): it blames us and not the address, so it is tried again.
    """
    words = in_words(error)
    if error.smtp_code == CLOSING or error.part is Part.SENDER:
        return MailUnavailable(words)
    if error.smtp_code < 500 or words[4:].startswith("5.7."):
        return TryLater(words)
    return AddressRefused(words) if error.part is Part.RECIPIENT else MessageRefused(words)


def in_words(error: Exception) -> str:
    """One line. A server's reply is its code and its words."""
    if not isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__}: {error}"[:300]
    reply = error.smtp_error
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{error.smtp_code} {' '.join(text.split())}"[:300]

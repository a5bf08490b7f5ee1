"""A real SMTP server on loopback that keeps what it accepts and refuses what it is told to."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """`at_recipient` and `at_data` are replies to give instead of accepting, one a message; "" accepts."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.at_recipient: list[str] = []
        self.at_data: list[str] = []
        self.connections = 0
        self.port = 0

    @property
    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw]

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.messages]

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, name: str, replies: list[str]
    ) -> Any:
        self.connections += 1
        session.host_name = name
        return replies

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        reply = self.at_recipient.pop(0) if self.at_recipient else ""
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        reply = self.at_data.pop(0) if self.at_data else ""
        if not reply:
            self.raw.append(envelope.content)
        return reply or "250 OK"


class AnyPort(Controller):
    """Listens on a port that the system chooses, which aiosmtpd alone would not look up."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = AnyPort(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        mailbox.port = controller.port
        yield mailbox
    finally:
        controller.stop()


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())

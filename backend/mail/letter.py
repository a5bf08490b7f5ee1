"""A message as this project sends it: Flask-Mail's, with safe headers and lines that any server takes."""

from __future__ import annotations

import binascii
import uuid
from collections.abc import Mapping
from datetime import datetime
from email.utils import formatdate, parseaddr
from functools import cached_property, lru_cache

from flask_mail import Message, sanitize_address, sanitize_subject

from backend.domain.one_line import one_line

SUBJECT_LENGTH = 150


class Letter(Message):
    """One mail to one address, as text and HTML. Text is sent as quoted-printable: no line is too long."""

    def __init__(
        self,
        *,
        to: str,
        subject: str,
        text: str,
        html: str,
        message_id: str,
        date: datetime,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            subject=one_line(subject, SUBJECT_LENGTH),
            recipients=[to],
            body=text,
            html=html,
            date=date.timestamp(),
            extra_headers={
                "Auto-Submitted": "auto-generated",
                **{name: one_line(value, 900) for name, value in (headers or {}).items()},
            },
        )
        self.msgId = message_id

    def as_bytes(self) -> bytes:
        return self.content

    @cached_property
    def content(self) -> bytes:
        """The message as it is sent: what the standard library would write, in a fraction of its time.

        Headers stay in one line: folded, a long link in List-Unsubscribe would become an encoded word, which
        mail programs do not take for a link (RFC 5322 allows 998 characters a line).
        """
        boundary = "=_" + "".join(filter(str.isalnum, self.msgId))[:40]  # no quoted-printable text holds "=_"
        headers = {
            "MIME-Version": "1.0",
            "Content-Type": f'multipart/alternative; boundary="{boundary}"',
            "Subject": self.subject,
            "From": address_in_ascii(self.sender),
            "To": ", ".join(map(address_in_ascii, self.recipients)),
            "Date": formatdate(self.date, localtime=True),
            "Message-ID": self.msgId,
            **(self.extra_headers or {}),
        }
        head = "".join(f"{name}: {in_ascii(value)}\r\n" for name, value in headers.items())
        parts = (part(kind, text) for kind, text in (("plain", self.body), ("html", self.html)))
        body = "".join(f"\r\n--{boundary}\r\n{one}" for one in parts)
        return f"{head}{body}\r\n--{boundary}--\r\n".encode("ascii")


def in_ascii(value: str) -> str:
    """A header's value; other letters become encoded words (RFC 2047)."""
    return str(sanitize_subject(value)).replace("\n", "\r\n")


@lru_cache(maxsize=100)
def address_in_ascii(address: str | tuple[str, str]) -> str:
    return str(sanitize_address(address))


def part(kind: str, text: str | None) -> str:
    """A text as quoted-printable, with the headers that say so."""
    data = "\r\n".join([*(text or "").splitlines(), ""]).encode("utf-8", "replace")
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
    return f"{head}\r\n{binascii.b2a_qp(data, istext=True).decode('ascii')}"


def new_message_id(sender: str) -> str:
    """A Message-ID of its own, at the domain of the sender."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"

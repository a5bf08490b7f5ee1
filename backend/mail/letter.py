"""A message as this project sends it: Flask-Mail's, with safe headers and lines that any server takes."""

from __future__ import annotations

import binascii
import uuid
from collections.abc import Mapping
from datetime import datetime
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from email.utils import parseaddr

from flask_mail import Message

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

    def _message(self) -> MIMEBase:
        """Headers stay in one line: folded, a long link in List-Unsubscribe would become an encoded word,
        which mail programs do not take for a link (RFC 5322 allows 998 characters a line).
        """
        message = super()._message()
        message.policy = message.policy.clone(max_line_length=998)
        return message

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        part = MIMEText("", subtype, "us-ascii")
        part.replace_header("Content-Transfer-Encoding", "quoted-printable")
        part.set_param("charset", "utf-8")
        data = "\n".join((text or "").splitlines()).encode("utf-8", "replace") + b"\n"
        part.set_payload(binascii.b2a_qp(data, istext=True).decode("ascii"))
        return part


def new_message_id(sender: str) -> str:
    """A Message-ID of its own, at the domain of the sender."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4().hex}@{domain}>"

"""Webhooks: one signed POST, after the Standard Webhooks specification (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

from backend.domain.undelivered import Undelivered
from backend.fetch.addresses import AddressRefused
from backend.fetch.failures import causes_of, what_happened
from backend.fetch.fetcher import host_of
from backend.fetch.guarded import GuardedSession, within
from backend.fetch.pace import retry_after_of

SECONDS = 10.0
SECRET_PREFIX = "whsec_"  # noqa: S105
SECRET_BYTES = 32
BEFORE_SENDING = (
    NameResolutionError,
    NewConnectionError,
    ConnectTimeoutError,
    requests.ConnectTimeout,
    requests.exceptions.SSLError,
)


class NotTaken(Undelivered):
    """It answered, but not with 2xx; or it was not reached at all."""


class NoAnswer(Undelivered):
    """The connection broke, or was silent, after the message was on its way: it may have arrived."""

    known_unsent = False


class TargetGone(Undelivered):
    """410, or an address that is never asked."""

    closed = True


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of "id.timestamp.body" in base64."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def post(session: GuardedSession, url: str, secret: str, message_id: str, body: bytes, now: float) -> None:
    """Hand over a message (JSON in UTF-8). When this returns, the target has answered 2xx.

    `now` is a Unix time; `message_id` is the same each time one message is tried. Raises Undelivered.
    """
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": signature(secret, message_id, int(now), body),
    }
    begun = time.monotonic()
    with within(SECONDS) as due:
        try:
            answer = session.post(url, data=body, headers=headers, stream=True)
        except AddressRefused as error:
            raise never_asked(error) from None
        except (requests.RequestException, HTTPError) as error:
            words = what_happened(error, host_of(url), begun, due)
            raise (NotTaken if is_before_sending(error) else NoAnswer)(words) from error
        answer.raw.close()
    judge(answer, now)


def never_asked(error: AddressRefused) -> TargetGone:
    """Why, without the address: it is as good as a password, and this is logged."""
    return TargetGone(f"the address is refused: {str(error).rpartition('refused: ')[2]}")


def is_before_sending(error: Exception) -> bool:
    return any(isinstance(cause, BEFORE_SENDING) for cause in causes_of(error))


def judge(answer: requests.Response, now: float) -> None:
    """Raises Undelivered unless the status says that the message was taken."""
    status = answer.status_code
    if answer.ok and status < HTTPStatus.MULTIPLE_CHOICES:
        return
    words = f"{urlsplit(answer.url).hostname} answered {status} {phrase_of(status)}".strip()
    if status == HTTPStatus.GONE:
        raise TargetGone(words)
    if status < HTTPStatus.BAD_REQUEST:
        words += "; redirects are not followed: give the address they lead to"
    seconds = retry_after_of(answer.headers.get("Retry-After"), now)
    raise NotTaken(words, None if seconds is None else timedelta(seconds=seconds))


def phrase_of(status: int) -> str:
    """In our words: theirs may be anything."""
    return HTTPStatus(status).phrase if status in {*HTTPStatus} else ""

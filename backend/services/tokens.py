"""Signed links: who may do what, until when. Nothing of it is stored.

A token carries the user's `session_salt`, hashed: a password change makes a new salt, and so ends the
links that were sent before it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from itsdangerous import BadData, URLSafeTimedSerializer

from backend.settings import Settings

DAY = 24 * 3600


class Purpose(StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"


MAX_AGE = {Purpose.CONFIRM: 7 * DAY, Purpose.RESET: 2 * 3600}


class BadToken(ValueError):
    """The link is not ours, was made for something else, or is too old."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says."""

    user_id: int
    salt_digest: str

    def fits(self, salt: str) -> bool:
        """Whether it was made for the salt that the user has now."""
        return hmac.compare_digest(self.salt_digest, digest(salt))


def make(settings: Settings, purpose: Purpose, user_id: int, salt: str) -> str:
    """A token that fits into a URL."""
    return serializer(settings, purpose).dumps([user_id, digest(salt)])


def read(settings: Settings, purpose: Purpose, token: str, max_age: int | None = None) -> Claim:
    """Whom the token names. `max_age` is in seconds. Check `fits` before acting on it. Raises BadToken."""
    try:
        value = serializer(settings, purpose).loads(token, max_age=max_age or MAX_AGE[purpose])
    except BadData:
        raise BadToken("This link is not valid, or no longer; ask for a new one.") from None
    user_id, salt_digest = value
    return Claim(int(user_id), str(salt_digest))


def digest(salt: str) -> str:
    return hashlib.blake2b(salt.encode(), digest_size=12).hexdigest()


def serializer(settings: Settings, purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        settings.secret_key.get_secret_value(),
        salt=f"jobtracker:{purpose}",
        signer_kwargs={"digest_method": hashlib.sha256},
    )

"""Passwords: what one may be, and argon2id hashes with the parameters OWASP names (19 MiB, 2 passes, 1 lane).

Hashing takes tens of milliseconds: never inside a writing transaction (DESIGN, truth 12).
"""

from __future__ import annotations

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200

hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)
NOBODY = hasher.hash("the hash that an unknown address is compared with")


class PasswordRefused(ValueError):
    """The password cannot be used. The message says why."""


def check(password: str, email: str) -> None:
    """Raises PasswordRefused."""
    if len(password) < SHORTEST:
        raise PasswordRefused(f"Use at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise PasswordRefused(f"Use at most {LONGEST} characters.")
    if password.strip().lower() in (email.lower(), email.lower().partition("@")[0]):
        raise PasswordRefused("Do not use your address as the password.")
    if len(set(password)) < 4:
        raise PasswordRefused("Use more than three different characters.")


def hash_of(password: str) -> str:
    return hasher.hash(password)


def fits(password_hash: str | None, password: str) -> bool:
    """Whether a password belongs to a hash. Without a hash (no such user) it takes as long, and is False."""
    try:
        hasher.verify(password_hash or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_dated(password_hash: str) -> bool:
    """The parameters have moved on since it was made."""
    return hasher.check_needs_rehash(password_hash)

"""Users: registering, confirming, logging in, passwords, and leaving.

Whoever asks never learns whether an address is known: known and unknown are answered alike and take as long.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.models import User, begin_write
from backend.services import account_mail, passwords, tokens
from backend.services.account_mail import Kind
from backend.services.administrators import refuse_last
from backend.settings import Settings


class BadEmail(ValueError):
    """Not an address one can write to."""


class BadTimeZone(ValueError):
    """Not a zone of the IANA database."""


class WrongCredentials(ValueError):
    """No user has this address and this password."""


class WrongPassword(ValueError):
    """Not the password of the user who is logged in."""


class Unconfirmed(ValueError):
    """The password is right, but the address is not confirmed; a new link is on its way."""


class Disabled(ValueError):
    """The password is right, but an administrator has disabled the account."""


def clean_email(email: str) -> str:
    """An address in lower case. Raises BadEmail."""
    try:
        checked = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadEmail(str(error)) from None
    return checked.normalized.lower()


def check_time_zone(name: str) -> str:
    if name not in available_timezones():
        raise BadTimeZone(f"There is no time zone {name[:64]}; name one like Europe/Berlin.")
    return name


def new_salt() -> str:
    return secrets.token_hex(16)


def by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email))


def register(session: Session, email: str, password: str, time_zone: str, now: datetime) -> None:
    """Make an unconfirmed user and send a link; a known address gets a mail that says so.

    Who registers again before confirming starts anew: the last password counts and earlier links end.
    Raises BadEmail, PasswordRefused, BadTimeZone.
    """
    email = clean_email(email)
    passwords.check(password, email)
    check_time_zone(time_zone)
    password_hash = passwords.hash_of(password)
    begin_write(session)
    user = by_email(session, email)
    if user is None:
        user = User(email=email, created_at=now)
        session.add(user)
    if user.confirmed_at is None:
        user.password_hash, user.session_salt, user.time_zone = password_hash, new_salt(), time_zone
        session.flush()
        account_mail.request(session, email, Kind.CONFIRM, now)
    else:
        account_mail.request(session, email, Kind.KNOWN, now)
    session.commit()


def confirm(session: Session, settings: Settings, token: str, now: datetime) -> User:
    """The address of a mailed link is the user's. Raises tokens.BadToken."""
    claim = tokens.read(settings, tokens.Purpose.CONFIRM, token)
    begin_write(session)
    user = claimed(session, claim)
    user.confirmed_at = user.confirmed_at or now
    user.last_login_at = now
    session.commit()
    return user


def claimed(session: Session, claim: tokens.Claim) -> User:
    """The user a token was made for, if it still holds for them."""
    user = session.get(User, claim.user_id)
    if user is None or not user.is_active or not claim.fits(user.session_salt):
        session.rollback()
        raise tokens.BadToken("This link is not valid, or no longer; ask for a new one.")
    return user


def log_in(session: Session, email: str, password: str, now: datetime) -> User:
    """The user of an address and a password. Raises WrongCredentials, Unconfirmed or Disabled."""
    try:
        email = clean_email(email)
    except BadEmail:
        email = ""
    user = by_email(session, email)
    known_hash, user_id = (user.password_hash, user.id) if user else (None, 0)
    session.rollback()  # no transaction is held open while the password is hashed
    if not passwords.fits(known_hash, password):
        raise WrongCredentials("The address or the password is wrong.")
    renewed = passwords.hash_of(password) if passwords.is_dated(str(known_hash)) else None
    begin_write(session)
    user = session.get(User, user_id)
    if user is None or user.password_hash != known_hash:
        session.rollback()
        raise WrongCredentials("The address or the password is wrong.")
    return admit(session, user, renewed, now)


def admit(session: Session, user: User, renewed_hash: str | None, now: datetime) -> User:
    """Let in who gave the right password, inside the writing transaction."""
    if not user.is_active:
        session.rollback()
        raise Disabled("This account is disabled. Write to the operator of this site.")
    if user.confirmed_at is None:
        account_mail.request(session, user.email, Kind.CONFIRM, now)
        session.commit()
        raise Unconfirmed("Confirm your address first: a new link is on its way to you.")
    user.last_login_at = now
    if renewed_hash:
        user.password_hash = renewed_hash
    session.commit()
    return user


def request_reset(session: Session, email: str, now: datetime) -> None:
    """Send a link to set a new password, if the address is known. Raises BadEmail."""
    email = clean_email(email)
    begin_write(session)
    account_mail.request(session, email, Kind.RESET, now)
    session.commit()


def reset(session: Session, settings: Settings, token: str, password: str, now: datetime) -> None:
    """Set a new password by a mailed link, which also proves the address; all sessions end.

    Raises tokens.BadToken, PasswordRefused.
    """
    claim = tokens.read(settings, tokens.Purpose.RESET, token)
    email = claimed(session, claim).email
    passwords.check(password, email)
    session.rollback()
    password_hash = passwords.hash_of(password)
    begin_write(session)
    user = claimed(session, claim)
    user.password_hash, user.session_salt = password_hash, new_salt()
    user.confirmed_at = user.confirmed_at or now
    account_mail.request(session, user.email, Kind.CHANGED, now)
    session.commit()


def prove(session: Session, user_id: int, password: str) -> User:
    """The user, if the password is theirs. Ends the transaction it reads in. Raises WrongPassword."""
    user = session.get_one(User, user_id)
    known_hash = user.password_hash
    session.rollback()
    if not passwords.fits(known_hash, password):
        raise WrongPassword("The password is wrong.")
    return user


def change_password(session: Session, user_id: int, current: str, new: str, now: datetime) -> User:
    """Set another password; every other session ends. Raises WrongPassword, PasswordRefused."""
    user = prove(session, user_id, current)
    passwords.check(new, user.email)
    session.rollback()
    password_hash = passwords.hash_of(new)
    begin_write(session)
    user = session.get_one(User, user_id)
    user.password_hash, user.session_salt = password_hash, new_salt()
    account_mail.request(session, user.email, Kind.CHANGED, now)
    session.commit()
    return user


def delete_account(session: Session, user_id: int, password: str) -> None:
    """Forget a user and all that is theirs. Raises WrongPassword, LastAdmin."""
    prove(session, user_id, password)
    begin_write(session)
    refuse_last(session, session.get_one(User, user_id))
    session.execute(delete(User).where(User.id == user_id))
    session.commit()


def create_admin(session: Session, email: str, password: str, now: datetime) -> User:
    """An administrator who can log in at once; a known user becomes one, with this password.

    Raises BadEmail, PasswordRefused.
    """
    email = clean_email(email)
    passwords.check(password, email)
    password_hash = passwords.hash_of(password)
    begin_write(session)
    user = by_email(session, email)
    if user is None:
        user = User(email=email, created_at=now)
        session.add(user)
    user.password_hash, user.session_salt = password_hash, new_salt()
    user.is_admin, user.disabled_at, user.confirmed_at = True, None, user.confirmed_at or now
    session.commit()
    return user

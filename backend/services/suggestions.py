"""Companies that visitors miss: suggested by anybody, accepted or dismissed by an administrator."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from backend.models import Board, Suggestion, SuggestionStatus, begin_write
from backend.services import boards
from backend.services.upsert import insert_into
from backend.sources import pasted
from backend.sources.embeds import Found

MOST_OPEN = 5000  # more than anybody reads: what comes then is thanked for, and not kept


class BadSuggestion(ValueError):
    """What was pasted is no web address."""


def suggest(session: Session, url: str, company: str, now: datetime) -> None:
    """Keep a suggestion. One that was made before is counted; what is watched already is left out.

    Raises BadSuggestion. Whoever suggests is told nothing of what is known.
    """
    found = pasted.identify(url)
    key = f"{found[0].name}:{found[1]}" if found else plain_address(url)
    link = found[0].board_url(found[1]) if found else full_address(url)
    begin_write(session)
    watched = found is not None and boards.find(session, found[0].name, found[1]) is not None
    if not watched and (is_known(session, key) or count(session, SuggestionStatus.OPEN) < MOST_OPEN):
        insert = insert_into(session, Suggestion).values(
            key=key, url=link[:600], company=company.strip()[:200], created_at=now
        )
        again = {"times": Suggestion.times + 1}
        session.execute(insert.on_conflict_do_update(index_elements=["key"], set_=again))
    session.commit()


def full_address(url: str) -> str:
    return url.strip() if "://" in url else f"https://{url.strip()}"


def plain_address(url: str) -> str:
    """A web address without what does not matter: scheme, `www.`, case of the host, fragment, last slash."""
    text = full_address(url)
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        host = ""
    if "." not in host or any(letter.isspace() for letter in text) or parts.scheme not in {"http", "https"}:
        raise BadSuggestion(
            "Paste the address of the company's careers page, as https://example.com/careers."
        )
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


def board_named(suggestion: Suggestion) -> Found | None:
    """The board that the suggested address itself names; None where its page must be looked into."""
    return pasted.identify(suggestion.key)


def is_known(session: Session, key: str) -> bool:
    return session.scalar(select(Suggestion.id).where(Suggestion.key == key)) is not None


def page(
    session: Session, status: SuggestionStatus, *, after: int | None = None, limit: int = 50
) -> list[Suggestion]:
    """Suggestions by id, with the boards that came of them."""
    query = select(Suggestion).where(Suggestion.status == status).order_by(Suggestion.id).limit(limit)
    if after is not None:
        query = query.where(Suggestion.id > after)
    return list(session.scalars(query.options(joinedload(Suggestion.board).joinedload(Board.company))))


def count(session: Session, status: SuggestionStatus) -> int:
    return session.scalar(select(func.count(Suggestion.id)).where(Suggestion.status == status)) or 0


def accept(session: Session, suggestion_id: int, found: Found, now: datetime) -> Board | None:
    """Watch the board that a suggestion led to, or name the one that is watched already.

    Doing it again changes nothing. None: there is no such suggestion.
    """
    begin_write(session)
    suggestion = session.get(Suggestion, suggestion_id)
    if suggestion is None:
        session.rollback()
        return None
    source, token = found
    board = boards.find(session, source.name, token)
    if board is None:
        board = boards.add(session, source, token, suggestion.company, now)
    suggestion.board = board
    suggestion.status, suggestion.decided_at = SuggestionStatus.ACCEPTED, now
    session.commit()
    return board


def decide(
    session: Session, suggestion_id: int, status: SuggestionStatus, now: datetime
) -> Suggestion | None:
    """Dismiss an open suggestion, or open a dismissed one again; an accepted one stays. None: no such one."""
    begin_write(session)
    suggestion = session.get(Suggestion, suggestion_id)
    if suggestion is not None and suggestion.status != SuggestionStatus.ACCEPTED:
        suggestion.status = status
        suggestion.decided_at = now if status == SuggestionStatus.DISMISSED else None
    session.commit()
    return suggestion

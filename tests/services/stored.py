"""Listings put straight into a database, for tests of what reads them."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from backend.models import Board, Company, Listing, ListingText

_numbers = count(1)


class Shelf:
    """One company with one board, and the listings that a test adds to it."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now
        self.company = self.new_company("Acme Robotics")
        self.board = self.new_board(self.company, "greenhouse")

    def new_company(self, name: str) -> Company:
        company = Company(slug=f"company-{next(_numbers)}", name=name, created_at=self.now)
        self.session.add(company)
        self.session.commit()
        return company

    def new_board(self, company: Company, source: str) -> Board:
        token = f"board-{next(_numbers)}"
        board = Board(
            company_id=company.id,
            source=source,
            token=token,
            url=f"https://example.org/{token}",
            created_at=self.now,
            next_crawl_at=self.now,
        )
        self.session.add(board)
        self.session.commit()
        return board

    def add(
        self,
        title: str,
        html: str = "",
        places: list[tuple[str, str | None]] | None = None,
        board: Board | None = None,
        **fields: Any,
    ) -> Listing:
        number = next(_numbers)
        board = board or self.board
        fields.setdefault("first_seen_at", self.now)
        fields.setdefault("changed_at", self.now)
        listing = Listing(
            board_id=board.id,
            company_id=board.company_id,
            external_id=str(number),
            url=f"https://example.org/{number}",
            title=title,
            locations=[
                {"text": text, "city": None, "region": None, "country": country}
                for text, country in places or []
            ],
            content_hash=f"{number}",
            **fields,
        )
        self.session.add(listing)
        self.session.flush()
        self.session.add(ListingText(listing_id=listing.id, html=html))
        self.session.commit()
        return listing

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from backend.models import Match, SavedQuery, Tracker, User
from tests.api.conftest import PASSWORD, THEN, Caller, World

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def give_tracker(world: World, email: str) -> Tracker:
    """A tracker with one match."""
    user = world.session.scalars(select(User).where(User.email == email)).one()
    query = world.save(SavedQuery(canonical="python", created_at=THEN))
    tracker = world.save(
        Tracker(
            user_id=user.id,
            query_id=query.id,
            name="Python",
            text="python",
            cadence="instant",
            expires_at=LATER,
            created_at=THEN,
            active_since=THEN,
            token="t" * 43,
        )
    )
    listing = world.listing(world.board(world.company("Acme")), "Python Developer")
    world.save(
        Match(tracker_id=tracker.id, user_id=user.id, listing_id=listing.id, found_at=THEN, due_at=THEN)
    )
    return tracker


def test_a_user_changes_the_time_zone(world: World) -> None:
    ada = world.caller("ada@example.org")
    answer = ada.patch("/api/account", {"time_zone": "Asia/Tokyo"})
    assert answer.json["time_zone"] == "Asia/Tokyo"
    assert ada.get("/api/account").json["created_at"] == "2026-05-01T09:00:00Z"
    refused = ada.patch("/api/account", {"time_zone": "nowhere"})
    assert (refused.status_code, list(refused.json["error"]["fields"])) == (422, ["time_zone"])


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(world: World) -> None:
    here = world.caller("ada@example.org")
    elsewhere = Caller(world.app)
    elsewhere.log_in("ada@example.org")
    answer = here.post("/api/account/password", {"current": PASSWORD, "new": "a new long password"})
    assert answer.status_code == 204
    assert here.get("/api/account").status_code == 200
    assert elsewhere.get("/api/account").status_code == 401


def test_a_new_password_needs_the_current_one_and_must_be_good(world: World) -> None:
    ada = world.caller("ada@example.org")
    wrong = ada.post("/api/account/password", {"current": "not it at all", "new": "a new long password"})
    assert (wrong.status_code, list(wrong.json["error"]["fields"])) == (403, ["current"])
    short = ada.post("/api/account/password", {"current": PASSWORD, "new": "short"})
    assert (short.status_code, list(short.json["error"]["fields"])) == (422, ["new"])
    assert ada.get("/api/account").status_code == 200


def test_the_export_holds_what_is_kept_and_no_secret(world: World) -> None:
    ada = world.caller("ada@example.org")
    give_tracker(world, "ada@example.org")
    answer = ada.get("/api/account/export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.json["user"]["email"] == "ada@example.org"
    assert answer.json["trackers"][0]["matches"][0]["title"] == "Python Developer"
    assert "argon2" not in answer.text
    assert "t" * 43 not in answer.text


def test_a_deleted_account_takes_everything_with_it(world: World) -> None:
    ada = world.caller("ada@example.org")
    world.user("other@example.org")
    give_tracker(world, "ada@example.org")
    refused = ada.delete("/api/account", {"password": "not it at all"})
    assert (refused.status_code, list(refused.json["error"]["fields"])) == (403, ["password"])
    assert ada.delete("/api/account", {"password": PASSWORD}).status_code == 204
    assert ada.get("/api/session").json["user"] is None
    world.session.rollback()
    for table, left in ((User, 1), (Tracker, 0), (Match, 0)):
        assert world.session.scalar(select(func.count()).select_from(table)) == left


def test_the_last_administrator_cannot_leave(world: World) -> None:
    admin = world.caller("admin@example.org", admin=True)
    answer = admin.delete("/api/account", {"password": PASSWORD})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "conflict")

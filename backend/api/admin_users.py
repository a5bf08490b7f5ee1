"""Users, for admins: who there is, and what they may."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import Field

from backend.api import paging
from backend.api.access import admin
from backend.api.clock import now
from backend.api.errors import not_found
from backend.api.paging import Page, PageQuery
from backend.api.schema import Answer, Body, Moment
from backend.models import User, db
from backend.services import administrators
from backend.services.administrators import Standing

blueprint = APIBlueprint("admin_users", __name__, url_prefix="/api/admin/users", tag="Administration")


class UserRow(Answer):
    id: int
    email: str
    is_admin: bool
    disabled: bool
    confirmed: bool
    created_at: Moment
    last_login_at: Moment | None
    trackers: int


class UserPage(Page[UserRow]):
    """Users in the order they registered."""


class UserQuery(PageQuery):
    q: str = Field("", max_length=100, description="part of the address")


class UserPatch(Body):
    disabled: bool | None = None
    is_admin: bool | None = None


def user_row(user: User, trackers: int) -> UserRow:
    return UserRow(
        id=user.id,
        email=user.email,
        is_admin=user.is_admin,
        disabled=user.disabled_at is not None,
        confirmed=user.confirmed_at is not None,
        created_at=user.created_at,
        last_login_at=user.last_login_at,
        trackers=trackers,
    )


@blueprint.get("")
@admin
@blueprint.input(UserQuery, location="query")
@blueprint.output(UserPage)
def list_users(query_data: UserQuery) -> UserPage:
    """Users"""
    after = paging.decode(query_data.cursor, int)
    found = administrators.page(
        db.session(), text=query_data.q, after=after[0] if after else None, limit=query_data.limit + 1
    )
    shown, more = found[: query_data.limit], len(found) > query_data.limit
    trackers = administrators.tracker_counts(db.session(), [user.id for user in shown])
    return UserPage(
        items=[user_row(user, trackers.get(user.id, 0)) for user in shown],
        total=administrators.count(db.session(), text=query_data.q),
        next_cursor=paging.encode(shown[-1].id) if more else None,
    )


@blueprint.patch("/<int:id>")
@admin
@blueprint.input(UserPatch)
@blueprint.output(UserRow)
def change_user(id: int, json_data: UserPatch) -> UserRow:
    """Disable or enable a user, make or unmake an administrator; the last one stays"""
    change = Standing(disabled=json_data.disabled, is_admin=json_data.is_admin)
    user = administrators.change_standing(db.session(), id, change, now())
    if user is None:
        raise not_found("user")
    return user_row(user, administrators.tracker_counts(db.session(), [id]).get(id, 0))

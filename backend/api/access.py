"""Who may call what. Every route declares it; one that does not is refused (a test walks them all).

Put the decorator under the route's own, anywhere among `input` and `output`: it only marks the view, and
the check runs before anything of the request is read.

    @blueprint.get("/trackers")
    @signed_in
    @blueprint.output(TrackerPage)
    def list_trackers() -> ...
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import Flask, current_app, request
from flask_login import current_user
from flask_wtf import CSRFProtect

from backend.api.errors import ApiError, ErrorCode, not_found
from backend.models import User

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ADMIN = "admin"


def public(view: View) -> View:
    """Anyone may call it."""
    return declare(view, Access.PUBLIC)


def signed_in(view: View) -> View:
    """A user who is logged in; else 401."""
    return declare(view, Access.SIGNED_IN)


def admin(view: View) -> View:
    """An admin; else 401 for nobody and 403 for other users."""
    return declare(view, Access.ADMIN)


def without_csrf(view: View) -> View:
    """No token is asked: for what a mail program or a machine calls without our cookie."""
    view.csrf_free = True  # type: ignore[attr-defined]
    return view


def declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What was declared for an endpoint, by its view or else for the blueprint it came with."""
    own = getattr(app.view_functions[endpoint], "access", None)
    if own is None and "." in endpoint:
        own = app.extensions["access"].get(endpoint.rsplit(".", 1)[0])
    return cast("Access | None", own)


def init_access(app: Flask, blueprints: dict[str, Access]) -> None:
    """Check before every request; `blueprints` declares those of other people's making as a whole."""
    app.extensions["access"] = blueprints
    app.before_request(refuse_strangers)


def refuse_strangers() -> None:
    if request.endpoint is None:
        return
    if "\0" in request.path:  # no database keeps it, and PostgreSQL does not even look for it
        raise not_found("address")
    access = access_of(current_app, request.endpoint)
    if access is Access.PUBLIC:
        return
    if not current_user.is_authenticated:
        raise ApiError(ErrorCode.UNAUTHENTICATED, "Log in first.")
    if access is Access.SIGNED_IN or (access is Access.ADMIN and current_user.is_admin):
        return
    raise ApiError(ErrorCode.FORBIDDEN, "Only an administrator may do this.")


def exempt_marked(app: Flask, csrf: CSRFProtect) -> None:
    """Tell the CSRF check which views asked to go without."""
    for view in app.view_functions.values():
        if getattr(view, "csrf_free", False):
            csrf.exempt(view)


def this_user() -> User:
    """The user of a request that `signed_in` or `admin` let in."""
    return cast(User, current_user._get_current_object())

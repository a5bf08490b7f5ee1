"""rq-dashboard under /admin/rq. It has no login of its own, so we stand before each of its routes.

Its pages are for admins only (declared in `web`). What changes state needs POST and our own Origin: it
knows no CSRF tokens, and would also take GET /requeue/<queue>.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request, url_for
from flask_wtf import CSRFProtect
from rq.exceptions import NoSuchJobError
from rq.serializers import JSONSerializer
from rq_dashboard import blueprint
from rq_dashboard import web as dashboard

from backend.api.errors import ApiError, ErrorCode, answer, not_found
from backend.app import current_settings
from backend.settings import Settings

NAME = blueprint.name
PREFIX = "/admin/rq"
READS = ("GET", "HEAD", "OPTIONS")
CHANGES_BY_GET = f"{NAME}.requeue_all"
PAGE_POLICY = (  # its pages hold inline scripts, and underscore compiles their templates
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def init_dashboard(app: Flask, settings: Settings, csrf: CSRFProtect) -> None:
    """Register it on the application's own Redis client; every job is JSON here."""
    app.config["RQ_DASHBOARD_REDIS_URL"] = [shown_address(settings)]
    app.redis_conn = app.extensions["redis"]  # type: ignore[attr-defined]
    dashboard.config.serializer = JSONSerializer
    blueprint.before_request_funcs = {None: []}  # its own opens a new connection for each request
    blueprint.enable_openapi = False  # APIFlask asks every blueprint
    app.register_blueprint(blueprint, url_prefix=PREFIX)
    csrf.exempt(blueprint)
    app.url_build_error_handlers.append(its_own_static)
    app.before_request(refuse_strange_changes)
    app.after_request(loosen_policy)
    app.register_error_handler(NoSuchJobError, no_such_job)


def shown_address(settings: Settings) -> str:
    """The address its pages print, without a password."""
    return settings.redis_address.rpartition("@")[2]


def its_own_static(error: Exception, endpoint: str, values: dict[str, Any]) -> str:
    """Its pages take the icon from the application's static folder; ours has none."""
    if endpoint != "static":
        raise error
    return url_for(f"{NAME}.static", **values)


def no_such_job(_error: NoSuchJobError) -> Response:
    return answer(not_found("job"))


def refuse_strange_changes() -> None:
    if request.blueprint != NAME:
        return
    values: dict[str, Any] = request.view_args or {}
    if values.get("instance_number"):
        raise not_found("Redis")
    if request.method in READS:
        if request.endpoint == CHANGES_BY_GET:
            raise ApiError(
                ErrorCode.INVALID, "This changes state: send a POST.", 405, headers={"Allow": "POST"}
            )
        return
    ours = {request.host_url.rstrip("/"), current_settings().base_url}
    if request.headers.get("Origin") not in ours:
        raise ApiError(ErrorCode.CSRF, "This did not come from our own page.")


def loosen_policy(response: Response) -> Response:
    if request.blueprint == NAME:
        response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response

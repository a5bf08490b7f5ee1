"""The web process: the API, log-in by cookie, the guarded queue dashboard, and the built page.

gunicorn "backend.web:create_web_app()"
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from apiflask import APIFlask
from flask import Response, request, send_from_directory
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from whitenoise import WhiteNoise

from backend.api import access, caching, compression, dashboard, errors, limits, openapi, refusals, stats
from backend.api.access import Access
from backend.api.blueprints import BLUEPRINTS
from backend.api.login import load_user
from backend.app import create_app
from backend.settings import Settings, load_settings

PAGE = Path(__file__).parent.parent / "frontend" / "dist"
CONTENT_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
NOT_BUILT = (
    "<!doctype html><title>Job Tracker</title><h1>The page is not built yet</h1>"
    "<p>Run <code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>, or <code>make run</code> "
    'for all of it. The API is here: <a href="/api/docs">/api/docs</a>.'
)
MAX_BODY = 256 * 1024
"""No body of ours is larger: a query is 500 characters, a password 200."""


class Web(APIFlask):
    """APIFlask without its own documentation pages, which load their viewer from other hosts."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, spec_path=None, docs_path=None, **options)


def create_web_app(settings: Settings | None = None, page: Path = PAGE) -> APIFlask:
    """The application that gunicorn serves. `page` holds the built SPA."""
    settings = settings or load_settings()
    app = create_app(settings, Web)
    configure(app, settings)
    errors.init_errors(app)
    refusals.init_refusals(app)
    init_login(app)
    access.init_access(app, {dashboard.NAME: Access.ADMIN})  # before CSRF: a stranger is told to log in
    limits.init_limits(app, settings)
    csrf = CSRFProtect(app)
    openapi.init_openapi(app)
    stats.init_stats(app)
    app.url_map.converters["int"] = RowId
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    dashboard.init_dashboard(app, settings, csrf)
    access.exempt_marked(app, csrf)
    compression.init_compression(app)  # last of all: the callback that is added first runs last
    app.after_request(add_headers)
    serve_page(app, page)
    trust_proxies(app, settings.trusted_proxies)
    return app


class RowId(IntegerConverter):
    """Whole numbers that a database can hold: what is larger is nothing of ours, not an error."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": 2**63 - 1, **options})


def configure(app: APIFlask, settings: Settings) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        SESSION_COOKIE_NAME="jobtracker",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.app_env == "production",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the session it is tied to
    )


def init_login(app: APIFlask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # it would log people out whose address or browser version changes
    manager.user_loader(load_user)
    manager.init_app(app)


def trust_proxies(app: APIFlask, count: int) -> None:
    """Believe the nearest `count` proxies about the client's address, scheme and host; nobody else."""
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )


def headers_of(secure: bool) -> dict[str, str]:
    always = {
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    return always | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})


def add_headers(response: Response) -> Response:
    """What every answer carries; one that set a header of its own keeps it."""
    for name, value in headers_of(request.is_secure).items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        caching.revalidate(response)
    return response


def serve_page(app: APIFlask, page: Path) -> None:
    """Files of the built page (hashed ones for ever); its index for every address of its router."""
    if page.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(page),
            max_age=0,
            autorefresh=app.config["SETTINGS"].app_env != "production",  # a page built anew is served at once
            immutable_file_test=r"^/assets/",
            add_headers_function=add_file_headers,
        )

    def page_or_nothing(_error: NotFound) -> Response:
        refused = request.path.startswith(("/api/", "/admin/rq", "/assets/")) or request.path == "/api"
        if refused or request.method not in ("GET", "HEAD"):
            return errors.answer(errors.not_found("address"))
        if not (page / "index.html").is_file():
            return Response(NOT_BUILT, 503, content_type="text/html; charset=utf-8")
        return send_from_directory(page, "index.html", max_age=0)

    app.register_error_handler(NotFound, page_or_nothing)


def add_file_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in headers_of(secure=False).items():
        headers[name] = value

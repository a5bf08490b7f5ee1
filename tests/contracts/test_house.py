"""The house is as the design draws it: layers, job names, migrations, and nothing of one machine in it."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import Connection, create_engine, text

from backend.app import MIGRATIONS, create_app
from backend.models import db
from backend.queueing import QUEUE_OF, JobName
from backend.settings import Settings

ROOT = Path(__file__).parents[2]
REGISTRIES = re.compile(
    r"--(extra-)?index-url|--find-[l]inks"
)  # where packages come from is each machine's own affair
OF_ONE_MACHINE = re.compile(r"(?<![\w.])/(work|root|Users|home/\w+)/")


OPTIONS = {
    table.name: [f"{name}={value}" for name, value in options.items()]
    for table in db.metadata.tables.values()
    if (options := table.dialect_options["postgresql"]["with"])
}  # what PostgreSQL stores a table with


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this copy of the project is no git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_layers_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("name", JobName)
def test_a_job_is_what_its_name_says(name: JobName) -> None:
    module, _, function = name.value.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
    assert name in QUEUE_OF


def test_who_crawls_loads_neither_the_languages_nor_the_index() -> None:
    loaded = "import sys; from workers.worker import load; load(['crawl']); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", loaded], check=True, capture_output=True, text=True
    ).stdout
    assert "workers.jobs.crawl" in modules.split()
    assert not {"backend.domain.analyse", "backend.domain.inflect", "Stemmer", "tantivy"} & {*modules.split()}


def test_there_is_one_head_of_migrations() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", MIGRATIONS)
    assert len(ScriptDirectory.from_config(configuration).get_heads()) == 1


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("database_url_of_nothing")
    return url


@pytest.fixture
def database_url_of_nothing(postgres: str) -> str:
    """A PostgreSQL database without tables."""
    engine = create_engine(postgres.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS nothing"))
        connection.execute(text("CREATE DATABASE nothing"))
    engine.dispose()
    return postgres.format(name="nothing")


def test_migrations_lead_to_the_models(empty_database: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, app_env="testing", var_dir=tmp_path, database_url=empty_database)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), db.metadata)
            stored_with = options_of_tables(connection)
        db.engine.dispose()
    assert differences == []
    assert stored_with == (OPTIONS if empty_database.startswith("postgresql") else {})


def options_of_tables(connection: Connection) -> dict[str, list[str]]:
    """What a table is stored with, as the comparison of models and database does not tell."""
    if connection.dialect.name != "postgresql":
        return {}
    stated = text("SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL AND relkind = 'r'")
    return dict(connection.execute(stated).all())


def test_no_file_names_a_registry_or_a_path_of_this_machine() -> None:
    found = []
    for path in tracked_files():
        try:
            content = path.read_text()
        except UnicodeDecodeError:
            continue
        for pattern in (REGISTRIES, OF_ONE_MACHINE):
            found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(content)]
    assert found == []


def test_the_lock_of_the_page_records_no_download_addresses() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


@pytest.mark.parametrize("name", ["base", "dev", "node"])
def test_requirements_are_pinned_with_hashes(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#", "-"))]
    assert pins
    assert [line for line in pins if not re.match(r"^[a-zA-Z0-9._-]+(\[\w+\])?==\S+.*\\$", line)] == []


def test_what_base_pins_dev_pins_alike() -> None:
    """`make test` installs both, one after the other: they must not undo each other."""
    base, dev = (
        dict(
            re.findall(
                r"^([a-zA-Z0-9._-]+)==(\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.M
            )
        )
        for name in ("base", "dev")
    )
    assert {name: dev.get(name) for name in base} == base


def pins_of(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-zA-Z0-9._-]+)==(\S+)", text, re.MULTILINE))

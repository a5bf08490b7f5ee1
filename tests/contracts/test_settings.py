"""`.env.example` is the list of settings that people read: it says what the code says, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from backend.settings import Settings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / ".env.example"
HEAD = """\
# Every setting and its default. Copy this file to .env and change there what should differ; the environment
# counts more than .env. Durations are in seconds.
"""


def example_of() -> str:
    """What .env.example must hold: each setting in the order of Settings, with what it is for."""
    return HEAD + "".join(f"\n{entry(name, field)}" for name, field in Settings.model_fields.items())


def entry(name: str, field: FieldInfo) -> str:
    default = field.default
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    said = [field.description] if field.description else []
    said += [" | ".join(get_args(field.annotation))] if get_args(field.annotation) else []
    comment = f"# {'; '.join(said)}\n" if said else ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    quoted = f'"{text}"' if " " in text else text
    return f"{comment}{name.upper()}={quoted}\n"


def test_the_example_names_every_setting_with_its_default_and_its_description() -> None:
    assert EXAMPLE.read_text() == example_of()


def test_the_example_is_read_as_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {name.upper() for name in Settings.model_fields}
    for name in names:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert set(dotenv_values(EXAMPLE)) == names
    assert Settings(_env_file=EXAMPLE) == Settings()


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"secret_key": "development-only"}, "SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"http_replay": "recorded"}, "HTTP_REPLAY"),
        ({"simulator_url": "http://127.0.0.1:1"}, "SIMULATOR_URL"),
        ({"public_url": "http://jobs.example.org"}, "PUBLIC_URL"),
    ],
)
def test_production_refuses_what_is_unsafe_and_names_it(unsafe: dict[str, str], named: str) -> None:
    safe = {"app_env": "production", "secret_key": "k" * 32, "public_url": "https://jobs.example.org"}
    Settings.model_validate(safe)
    with pytest.raises(ValidationError, match=named):
        Settings.model_validate(safe | unsafe)

"""What gunicorn does beside serving: its configuration file (`--config python:backend.serving`)."""

from __future__ import annotations

import signal
from typing import Any

from backend.lifetime import die_with_parent


def post_fork(_server: Any, _worker: Any) -> None:
    """A worker whose master was killed would hold the port for seconds, against the new master."""
    die_with_parent(signal.SIGKILL)

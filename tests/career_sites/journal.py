"""What must survive a restart of the simulator: its start, its clock, and the changes made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Journal:
    """A file of JSON lines, the first with the start of the world; None keeps nothing."""

    path: Path | None = None

    def begin(self, epoch: datetime) -> datetime:
        """The start written there, or `epoch`, which is then written."""
        if self.path is None:
            return epoch
        for entry in self.entries():
            if "epoch" in entry:
                return datetime.fromisoformat(entry["epoch"])
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.write({"epoch": epoch.isoformat()})
        return epoch

    def write(self, entry: dict[str, Any]) -> None:
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def entries(self) -> Iterator[dict[str, Any]]:
        """A last line that was cut off by a crash is left out."""
        if self.path is None or not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                return

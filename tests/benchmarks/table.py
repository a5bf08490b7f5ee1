"""Prints what was measured: rows with a limit, and whether each holds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Table:
    """Figures under a title; `check` adds one that has a limit."""

    title: str
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        print(f"\n{self.title}\n{'-' * len(self.title)}", flush=True)

    def row(self, name: str, figure: str, note: str = "") -> None:
        print(f"{name:<58} {figure:>18}   {note}".rstrip(), flush=True)

    def check(self, name: str, value: float, limit: float, unit: str = "x") -> None:
        """`value` must not be over `limit`."""
        holds = value <= limit
        if not holds:
            self.failed.append(f"{self.title}: {name} is {value:.2f} {unit}, over {limit:g}")
        self.row(name, f"{value:.2f} {unit}", f"limit {limit:g}: {'holds' if holds else 'DOES NOT HOLD'}")

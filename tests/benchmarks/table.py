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
        self._judge(name, value, f"limit {limit:g}", unit, value <= limit)

    def check_at_least(self, name: str, value: float, least: float, unit: str = "x") -> None:
        self._judge(name, value, f"at least {least:g}", unit, value >= least)

    def _judge(self, name: str, value: float, wanted: str, unit: str, holds: bool) -> None:
        figure = f"{value:,.2f} {unit}"
        if not holds:
            self.failed.append(f"{self.title}: {name} is {figure}; {wanted}")
        self.row(name, figure, f"{wanted}: {'holds' if holds else 'DOES NOT HOLD'}")

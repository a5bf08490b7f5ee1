"""What Python looks through for garbage while something is measured."""

from __future__ import annotations

import gc


def only_new() -> None:
    """Nothing that is there by now, as in a worker's job: the worker begins so."""
    gc.collect()
    gc.freeze()

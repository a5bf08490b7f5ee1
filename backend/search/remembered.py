"""What was worked out once and is wanted again: each value is made by one thread while the others wait."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

Value = TypeVar("Value")


class Remembered:
    """At most so many values, the ones longest unused forgotten first. A failure is not remembered."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        with self._lock:
            known = self._values.get(key)
            if known is not None:
                self._values.move_to_end(key)
            else:
                made: Future[Any] = Future()
                self._values[key] = made
                if len(self._values) > self.most:
                    self._values.popitem(last=False)
        if known is not None:
            value: Value = known.result()
            return value
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                if self._values.get(key) is made:
                    del self._values[key]
            made.set_exception(error)
            raise
        made.set_result(value)
        return value

"""Sends a short text by Apprise to one address of a user's, and lets it do nothing else.

Plugins find a stand-in under the name `requests`: their requests go through a session of ours, which checks
addresses, follows no redirect, and ends in time. `guard` refuses what they try beside that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, partialmethod
from typing import Any

import requests
from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, PersistentStoreMode
from apprise.manager_plugins import NotificationManager

from backend.domain.one_line import one_line
from backend.domain.undelivered import Undelivered
from backend.push.guard import Judge, guarded
from backend.push.schemes import SCHEMES, scheme_of

SECONDS = 15.0  # a plugin that takes longer is left behind
ERROR_LENGTH = 300
UNREADABLE = "Apprise cannot read this address; compare it with Apprise's page on this service"


class NotPushed(Undelivered):
    """Apprise says that it failed. Some of its services send in pieces, so a part may have arrived."""

    known_unsent = False


class BadAddress(Undelivered):
    """Nothing can ever be sent to this address."""

    closed = True


@dataclass(slots=True)
class Errand:
    """What a message is sent with, and what was refused to the plugin meanwhile."""

    session: requests.Session
    refused: list[Exception] = field(default_factory=list)


errand_in_hand: ContextVar[Errand] = ContextVar("errand_in_hand")


class StandIn:
    """`requests` as a plugin sees it: the library, but all it sends goes through the errand's session."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def request(self, method: str, url: str, **wishes: Any) -> requests.Response:
        errand = errand_in_hand.get()
        try:
            return errand.session.request(method, url, **wishes)
        except requests.RequestException:
            raise
        except Exception as error:
            errand.refused.append(error)
            raise requests.ConnectionError(str(error)) from error

    get = partialmethod(request, "GET")
    post = partialmethod(request, "POST")
    put = partialmethod(request, "PUT")
    patch = partialmethod(request, "PATCH")
    delete = partialmethod(request, "DELETE")
    head = partialmethod(request, "HEAD")


@lru_cache(maxsize=1)
def load_plugins() -> None:
    """Load what Apprise speaks to, and put the stand-in where `requests` was."""
    NotificationManager().load_modules()  # type: ignore[no-untyped-call]
    stand_in = StandIn()
    for name, module in list(sys.modules.items()):
        if name.startswith("apprise.") and getattr(module, "requests", None) is requests:
            module.requests = stand_in  # type: ignore[attr-defined]


class Pusher:
    """`open_session` gives a guarded session, `judge` says which addresses may be connected to."""

    def __init__(self, open_session: Callable[[], requests.Session], judge: Judge, page: str) -> None:
        load_plugins()
        self._open_session, self._judge = open_session, judge
        self._asset = AppriseAsset(
            app_id="Job Tracker",
            app_desc="Job Tracker",
            app_url=page,
            async_mode=False,
            allow_templates=False,
            secure_logging=True,
            storage_mode=PersistentStoreMode.MEMORY,
            timezone="UTC",
        )

    def push(self, address: str, title: str, body: str) -> None:
        """When this returns, the service has taken it. Raises Undelivered, or what the session raises."""
        errand = Errand(self._open_session())
        token = errand_in_hand.set(errand)
        try:
            with guarded(self._judge):
                apprise = Apprise(asset=self._asset)
                apprise.add(tamed(self._plugin(address)))
                result = apprise.notify(body, title, body_format=NotifyFormat.TEXT, timeout=SECONDS)
        finally:
            errand_in_hand.reset(token)
        if result:
            return
        if errand.refused:
            raise errand.refused[0]
        raise NotPushed(in_words([entry.message for entry in result.logs()]))

    def _plugin(self, address: str) -> NotifyBase:
        plugin = Apprise.instantiate(address, asset=self._asset) if scheme_of(address) in SCHEMES else None
        if plugin is None:
            raise BadAddress(UNREADABLE)
        return plugin


def tamed(plugin: NotifyBase) -> NotifyBase:
    """Without what its address may ask of us: patience, repetitions, and success whatever happens."""
    plugin.retry, plugin.optional = 0, False
    plugin.throttle = lambda *_, **__: None  # type: ignore[method-assign]
    return plugin


def in_words(lines: list[str]) -> str:
    return one_line("; ".join(lines), ERROR_LENGTH) or "the service did not take the message"

"""Hands a message to a channel: by signed POST or by Apprise. Both go through the guarded transport."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

from backend.domain.undelivered import Undelivered
from backend.fetch import AddressRefused, refusal, user_agent, webhook
from backend.fetch.addresses import PORTS
from backend.fetch.guarded import GuardedSession, within
from backend.fetch.transport import GuardedAdapter
from backend.models import ChannelKind
from backend.push.pusher import SECONDS, Pusher
from backend.services import channel_messages
from backend.services.messages import Message
from backend.services.routes import Target
from backend.settings import Settings

log = logging.getLogger(__name__)
THREADS = 8


class Couriers:
    """One for a process: connections are shared. `clock` gives Unix time, which signatures hold."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._agent = user_agent(settings.contact)
        self._allow = settings.allowed_targets
        self._adapter = GuardedAdapter(THREADS, self._allow)
        self._pusher: Pusher | None = None
        if ChannelKind.APPRISE in settings.channel_kinds:
            self._pusher = Pusher(self._session, self._judge, settings.base_url)

    def deliver(self, target: Target, message: Message) -> Undelivered | None:
        """Hand it over. Returns what went wrong."""
        try:
            if target.kind == ChannelKind.WEBHOOK:
                self._post(target, message)
            elif target.kind == ChannelKind.APPRISE and self._pusher is not None:
                self._push(self._pusher, target, message)
            else:
                return Undelivered("the channel was deleted or switched off meanwhile")
        except Undelivered as error:
            log.warning("message %s was not taken: %s", message.message_id, error)
            return error
        return None

    def _post(self, target: Target, message: Message) -> None:
        body = json.dumps(channel_messages.payload(message), ensure_ascii=False).encode()
        name = channel_messages.plain_id(message.message_id)
        webhook.post(self._session(), target.address, target.secret, name, body, self._clock())

    def _push(self, pusher: Pusher, target: Target, message: Message) -> None:
        short = channel_messages.short(message)
        try:
            with within(SECONDS):
                pusher.push(target.address, short.title, short.body)
        except AddressRefused as error:
            raise webhook.never_asked(error) from None

    def _session(self) -> GuardedSession:
        return GuardedSession(self._adapter, self._agent, self._allow)

    def _judge(self, ip: str, port: int) -> str | None:
        if f"{ip}:{port}" in self._allow:
            return None
        return refusal(ip) or (None if port in PORTS else f"port {port}")

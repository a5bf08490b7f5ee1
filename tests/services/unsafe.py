"""Seeded runs in which workers die at any write or send, lines break, and servers refuse."""

from __future__ import annotations

import random
from collections.abc import Sequence
from types import ModuleType
from typing import ClassVar

from backend.mail.outgoing import MailUnavailable, Postbox
from backend.services import delivery, notifications
from tests.mailbox import Mailbox
from tests.services.tracking import World


class Crash(BaseException):
    """The worker is gone."""


class UnsafePostbox(Postbox):
    """Dies before or after the server has accepted, or breaks off then."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.dice = dice

    def send(self, letter) -> None:
        fate = self.dice.random()
        if fate < 0.1:
            raise Crash
        super().send(letter)
        if fate < 0.2:
            raise Crash
        if fate < 0.3:
            raise MailUnavailable("the line broke before the answer came")


class UnsafeRun:
    """`writes`: where a matching worker may die, which it does `often` before each, and as often after it.

    `answers`: how many recipients of a pass the server may refuse for now.
    """

    writes: ClassVar[Sequence[tuple[ModuleType, str]]]
    often = 0.1
    answers = 1

    def __init__(self, world: World, mailbox: Mailbox, seed: int, mocker) -> None:
        self.world, self.mailbox, self.mocker, self.dice = world, mailbox, mocker, random.Random(seed)

    def match(self) -> None:
        """Workers die at writes now and then; another comes until one is through."""
        while True:
            for owner, name in self.writes:
                self.mocker.patch.object(owner, name, self.dying(getattr(owner, name)))
            try:
                self.world.match()
                return
            except Crash:
                self.world.session.rollback()
            finally:
                self.mocker.stopall()

    def dying(self, real):
        fate = self.dice.random()

        def work(*args, **kwargs):
            if fate < self.often:
                raise Crash
            done = real(*args, **kwargs)
            if fate < 2 * self.often:
                raise Crash
            return done

        return work

    def tell(self) -> None:
        self.mailbox.at_recipient = self.dice.choices(["", "450 4.2.0 later"], (4, 1), k=self.answers)
        with UnsafePostbox(self.dice) as postbox:
            try:
                self.send(postbox)
            except Crash:
                self.world.session.rollback()

    def send(self, postbox: Postbox) -> delivery.Sent:
        world = self.world
        return notifications.send_due(world.session, world.settings, postbox, world.now, self.dice.random)

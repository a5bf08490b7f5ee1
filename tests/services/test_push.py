"""What a plugin of Apprise may do while it sends for us, and what it may not."""

import contextvars
import inspect
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests
from apprise.manager_plugins import NotificationManager

from backend.domain.undelivered import Undelivered
from backend.push import pusher
from backend.push.guard import Forbidden, guarded
from backend.push.pusher import Pusher
from backend.push.schemes import SCHEMES, scheme_of
from tests.unit.fetch.servers import serve, text

OTHER_WAYS = {"SocketTransport", "asyncio", "imaplib", "smtplib", "socket", "ssl", "subprocess", "threading"}


def nobody(_ip, _port):
    return "nobody is to be reached"


def anybody(_ip, _port):
    return None


def speaks_http_alone(plugin):
    """By `requests` and by nothing else, in the modules that its classes come from."""
    packages = {kind.__module__.removesuffix(".base") for kind in plugin.__mro__} - {"apprise.plugins"}
    packages = {name for name in packages if name.startswith("apprise.plugins.")}
    names = set()
    for name, module in list(sys.modules.items()):
        if any(name == package or name.startswith(f"{package}.") for package in packages):
            names |= vars(module).keys()
    return "requests" in names and not names & OTHER_WAYS


def test_the_schemes_that_may_be_named_are_those_that_speak_http_and_nothing_else():
    pusher.load_plugins()
    allowed = [plugin for plugin in NotificationManager().plugins() if speaks_http_alone(plugin)]
    known = {scheme for plugin in allowed if plugin.enabled for scheme in plugin.schemas(plugin)}
    assert known == SCHEMES


def test_a_plugin_finds_our_transport_where_it_looks_for_requests():
    pusher.load_plugins()
    real = [
        name
        for name, one in sys.modules.items()
        if name.startswith("apprise.") and vars(one).get("requests") is requests
    ]
    assert real == []
    asked = set()
    for name, module in list(sys.modules.items()):
        if name.startswith("apprise.plugins."):
            asked |= {
                word
                for word in ("Session(", "session(", "head(", "options(")
                if f"requests.{word}" in inspect.getsource(module)
            }
    assert asked <= {"head("}, "the stand-in has what plugins call"


@pytest.mark.parametrize(
    "try_it",
    [
        lambda: subprocess.run(["true"], check=False),
        lambda: os.system("true"),
        lambda: Path("/etc/hostname").read_text(),
        lambda: Path("written").write_text("x"),
        lambda: socket.socket(socket.AF_UNIX).connect("/run/nothing.sock"),
        lambda: socket.create_connection(("127.0.0.1", 9)),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("127.0.0.1", 9)),
    ],
    ids=["a process", "a shell", "a file", "writing", "a unix socket", "a private address", "a datagram"],
)
def test_while_something_is_sent_the_rest_is_refused(try_it, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with guarded(nobody), pytest.raises(Forbidden):
        try_it()
    assert list(tmp_path.iterdir()) == []


def test_the_guard_holds_in_its_own_context_only():
    with guarded(nobody):
        found = []
        threads = [
            threading.Thread(target=lambda: found.append(os.path.exists("/") and open(os.devnull).close())),
            threading.Thread(target=contextvars.copy_context().run, args=(refused, found)),
        ]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert sorted(map(str, found)) == ["None", "refused"]
    open(os.devnull).close()


def refused(found):
    try:
        open(os.devnull).close()
    except Forbidden:
        found.append("refused")


def test_an_address_that_apprise_cannot_read_is_an_error_in_words():
    with pytest.raises(Undelivered, match="cannot read this address") as caught:
        Pusher(requests.Session, anybody, "https://jobs.example.org").push("discord://x", "title", "text")
    assert caught.value.closed


@pytest.mark.parametrize("asked_for", ["retry=5&wait=60", "optional=yes", "redirect=yes", "cto=900&rto=900"])
def test_an_address_cannot_ask_for_patience_or_for_success(asked_for):
    with serve() as site:
        site.answers["/hook"] = text("", 500)
        address = f"json://127.0.0.1:{site.port}/hook?{asked_for}"
        with pytest.raises(Undelivered, match="500"):
            Pusher(requests.Session, anybody, "https://jobs.example.org").push(address, "title", "text")
        assert len(site.seen) == 1


def test_a_scheme_is_read_as_it_is_written():
    assert scheme_of("NTFYS://topic") == "ntfys"
    assert scheme_of("mailto:ada@example.org") is None

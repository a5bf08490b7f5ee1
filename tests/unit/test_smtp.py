"""Mails to a server that takes commands together, or one by one, and refuses what it is told to."""

from __future__ import annotations

import itertools
import smtplib
import threading
from socketserver import StreamRequestHandler, TCPServer

import pytest

from backend.mail.smtp import MailRefused, Part, PatientSMTP

TEXT = b"Subject: One\r\n\r\n.hidden\r\n..twice\r\nlast\r\n"
TAKES = {"EHLO": "250-here\r\n250-PIPELINING\r\n250 SIZE 1000000", "DATA": "354 go on", "QUIT": "221 bye"}


class Server(TCPServer):
    """`refusals` are replies by command, each given once; "TEXT" is what follows DATA."""

    def __init__(self, together: bool) -> None:
        self.together, self.refusals, self.texts, self.commands = together, {}, [], []
        super().__init__(("127.0.0.1", 0), Talk)

    def reply(self, command: str) -> str:
        return self.refusals.pop(command, TAKES.get(command, "250 yes"))


class Talk(StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        held = b""
        for line in self.rfile:
            command = line.split()[0].decode().upper()
            self.server.commands.append(line.decode().strip())
            reply = self.server.reply(command)
            if command == "EHLO" and not self.server.together:
                reply = "250 here"
            held += f"{reply}\r\n".encode()
            if self.server.together and command in ("MAIL", "RCPT") and not reply.startswith("421"):
                continue  # who waits for an answer here waits for ever
            self.wfile.write(held)
            held = b""
            if reply.startswith("421"):
                return
            if reply.startswith("354"):
                self.wfile.write(f"{self.take_text()}\r\n".encode())

    def take_text(self) -> str:
        lines = itertools.takewhile(lambda line: line not in (b".\r\n", b""), iter(self.rfile.readline, None))
        text = b"".join(line.removeprefix(b".") for line in lines)
        reply = self.server.reply("TEXT")
        if text and reply.startswith("250"):
            self.server.texts.append(text)
        return reply


@pytest.fixture(params=[True, False], ids=["together", "one by one"])
def server(request):
    with Server(request.param) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def line(server):
    with PatientSMTP(*server.server_address, timeout=5) as line:
        yield line


def send(line: PatientSMTP, text: bytes = TEXT) -> None:
    line.hand_over("a@example.org", "b@example.org", text)


def test_mails_arrive_as_they_are_one_after_the_other(server, line):
    send(line)
    send(line, b"no end of line")
    assert server.texts == [TEXT, b"no end of line\r\n"]
    size = f" size={len(TEXT)}" if server.together else ""
    assert server.commands[1:4] == [f"MAIL FROM:<a@example.org>{size}", "RCPT TO:<b@example.org>", "DATA"]


def test_something_else_is_done_in_each_of_the_two_waits(server, line):
    done = []
    line.meanwhile = lambda: done.append(len(server.texts))
    send(line)
    assert len(done) == 2


@pytest.mark.parametrize(
    ("command", "reply", "part"),
    [
        ("MAIL", "451 4.3.0 not now", Part.SENDER),
        ("RCPT", "550 5.1.1 no such user", Part.RECIPIENT),
        ("DATA", "451 4.3.1 no room", Part.TEXT),
        ("TEXT", "554 5.6.0 not such a text", Part.TEXT),
    ],
)
def test_a_refusal_says_of_what_and_the_next_mail_passes(server, line, command, reply, part):
    server.refusals[command] = reply
    with pytest.raises(MailRefused) as caught:
        send(line)
    assert (caught.value.part, f"{caught.value.smtp_code} {caught.value.smtp_error.decode()}") == (
        part,
        reply,
    )
    assert server.texts == []
    send(line)
    assert server.texts == [TEXT]


@pytest.mark.parametrize("server", [True], ids=["together"], indirect=True)
def test_a_server_that_sees_itself_that_there_is_nobody_to_write_to(server, line):
    server.refusals.update({"RCPT": "550 5.1.1 no such user", "DATA": "503 5.5.1 no recipient"})
    with pytest.raises(MailRefused) as caught:
        send(line)
    assert caught.value.part is Part.RECIPIENT
    send(line)
    assert server.texts == [TEXT]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_a_server_that_closes_is_told_apart_from_one_that_refuses(server, line, command):
    server.refusals[command] = "421 4.3.2 closing"
    with pytest.raises((MailRefused, smtplib.SMTPServerDisconnected)) as caught:
        send(line)
    assert isinstance(caught.value, smtplib.SMTPServerDisconnected) or caught.value.smtp_code == 421
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(line)


def test_an_address_brings_no_command_of_its_own(server, line):
    with pytest.raises(ValueError, match="line end"):
        line.hand_over("a@example.org", "b@example.org>\r\nRCPT TO:<c@example.org", TEXT)
    assert not any("c@example.org" in command for command in server.commands)

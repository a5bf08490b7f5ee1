"""Values that pages write into their scripts: `NAME = [...]`, as JSON or as JavaScript. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from backend.domain.exchange import SourceChanged

# One piece of a JavaScript value; what is none of these has no place in one.
_PIECE = re.compile(
    r"""(?P<blank>(?:[\s\ufeff]+|//[^\n]*|/\*.*?\*/)+)
    |(?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    |(?P<open>[\[{])|(?P<close>[\]}])|(?P<mark>[:,])
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])
    |(?P<word>[A-Za-z_$][\w$]*)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|\r?\n|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": ""}
_NOTHING = {"undefined": "null", "NaN": "null"}
_CONSTANTS = {"true", "false", "null"}


def script_value(page: str, name: str, marker: str) -> Any:
    """The list or object that a script of the page gives to a name; `marker` is a pattern for the name.

    Raises SourceChanged where the name is not there, or its value ends nowhere or is no plain value.
    """
    found = re.search(marker + r"\s*=\s*(?=[\[{])", page)
    if found is None:
        raise SourceChanged(f"the HTML page has no {name!r}")
    try:
        return json.JSONDecoder().raw_decode(page, found.end())[0]
    except RecursionError:
        raise SourceChanged(f"{name}: nested too deeply") from None
    except ValueError:
        pass  # then it is JavaScript
    try:
        return json.loads(_as_json(page, found.end(), name))
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{name}: expected a plain value ({error})") from None


def _as_json(page: str, start: int, name: str) -> str:
    """The value that begins at `start`, as JSON: quotes, bare keys, comments and last commas differ."""
    pieces: list[str] = []
    depth, at = 0, start
    while True:
        match = _PIECE.match(page, at)
        if match is None:
            raise SourceChanged(f"{name}: expected a plain value, got {page[at : at + 20]!r}")
        at, kind, text = match.end(), match.lastgroup, match.group()
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if pieces and pieces[-1] == ",":
                pieces.pop()
        if kind == "text":
            text = json.dumps(_ESCAPE.sub(_character, text[1:-1]))
        elif kind == "word" and text not in _CONSTANTS:
            text = _NOTHING.get(text) or json.dumps(text)
        if kind != "blank":
            pieces.append(text)
        if depth == 0:
            return " ".join(pieces)


def _character(match: re.Match[str]) -> str:
    code = match.group(1)
    if len(code) > 2 and code[0] in "ux":
        return chr(int(code[1:], 16))
    return _PLAIN.get(code, "" if code.endswith("\n") else code)

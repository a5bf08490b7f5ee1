"""The grammar of the query language: text -> nodes, or an error that names the column.

    either = both { "OR" both }
    both   = item { [ "AND" ] item }
    item   = { "-" } ( "(" either ")" | field ":" "(" either ")" | [ field ":" ] value | field op amount )
    value  = word | word* | "phrase"

Words side by side bind tighter than OR. Punctuation that stands alone is passed over, as in a pasted title.
"""

from __future__ import annotations

import re

from backend.domain.analyse import asked_terms, is_lone, is_pair
from backend.domain.query_fields import KNOWN, read_range, read_value
from backend.domain.query_nodes import (
    Leaf,
    Node,
    RangeField,
    TextField,
    ValueField,
    Words,
    all_of,
    any_of,
    none_of,
    words,
)

MAX_LENGTH = 500
MAX_TERMS = 50
MAX_DEPTH = 20
MIN_PREFIX = 2
MAX_PREFIXES = 5  # each reads the lists of thousands of words

_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
_TOKEN = re.compile(
    rf"""
    (?P<open>\() | (?P<close>\))
  | "(?P<phrase>[^"]*)(?P<end>"?)
  | (?P<minus>-)(?=[^\s)])
  | (?P<compared>(?i:{"|".join(RangeField)}))\s*(?P<comparison><=|>=|<|>)\s*(?P<amount>[^\s()"]*)
  | (?P<unknown>[a-zA-Z_]+)(?:<=|>=|<|>)(?=\d)
  | (?P<field>[a-zA-Z_]+):
  | (?P<or>OR)(?=[\s()"]|$) | (?P<and>AND)(?=[\s()"]|$)
  | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)
_BLANK = re.compile(r"\s*")
_FIELDS: dict[str, TextField | ValueField | RangeField] = {name.value: name for name in KNOWN}

FieldName = TextField | ValueField | None


class QueryError(ValueError):
    """A query cannot be read. The message says what and at which column, counted from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"{message} at {column}")
        self.message = str(self)
        self.column = column


def read(text: str) -> Node:
    """Raises QueryError."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"a query has at most {MAX_LENGTH} characters; cut it", MAX_LENGTH + 1)
    return _Reader(text.translate(_QUOTES)).read()


class _Reader:
    """Recursive descent over the tokens, one look ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.terms = 0
        self.prefixes = 0
        self.depth = 0
        self.at = 0
        self.token: re.Match[str] | None = None
        self.advance()

    @property
    def kind(self) -> str | None:
        if self.token is None:
            return None
        groups = self.token.groupdict()
        return next(name for name, value in groups.items() if value is not None)

    @property
    def column(self) -> int:
        return (self.token.start() if self.token else len(self.text)) + 1

    def advance(self) -> None:
        start = self.at
        blank = _BLANK.match(self.text, start)
        start = blank.end() if blank else start
        self.token = _TOKEN.match(self.text, start)
        self.at = self.token.end() if self.token else start

    def read(self) -> Node:
        node = self.either(None)
        if self.kind == "close":
            raise QueryError('")" without "("', self.column)
        return node

    def either(self, field: FieldName) -> Node:
        column = self.column
        branches = [self.both(field)]
        while self.kind == "or":
            if not branches[-1]:
                raise QueryError("expected a word before OR", self.column)
            column = self.column
            self.advance()
            branches.append(self.both(field))
        if len(branches) > 1 and not branches[-1]:
            raise QueryError("expected a word after OR", column)
        return any_of([all_of(branch) for branch in branches])

    def both(self, field: FieldName) -> list[Node]:
        """The items up to OR, a closing parenthesis or the end; none if there is only punctuation."""
        items: list[Node] = []
        while self.kind not in (None, "close", "or"):
            if self.kind == "and":
                column = self.column
                self.advance()
                if not items or self.kind in (None, "close", "or", "and"):
                    raise QueryError("expected words on both sides of AND", column)
                continue
            item = self.item(field)
            if item is not None:
                items.append(item)
        return items

    def item(self, field: FieldName) -> Node | None:
        negated = False
        while self.kind == "minus":
            negated = not negated
            self.advance()
        node = self.operand(field)
        return none_of(node) if negated and node is not None else node

    def operand(self, field: FieldName) -> Node | None:
        token, kind, column = self.token, self.kind, self.column
        if token is None or kind in ("close", "or", "and", "minus"):
            raise QueryError('expected a word after "-"', column)
        if kind == "open":
            return self.group(field)
        if kind == "unknown":
            raise QueryError(_unknown(token["unknown"]), column)
        if kind == "compared":
            return self.compared(token, column)
        if kind == "field":
            return self.fielded(token, column, field)
        return self.value(field)

    def group(self, field: FieldName) -> Node:
        column = self.column
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryError(f"parentheses stand at most {MAX_DEPTH} deep; take some away", column)
        self.advance()
        counted = self.terms
        node = self.either(field)
        if self.kind != "close":
            raise QueryError("unclosed parenthesis", column)
        if self.terms == counted:
            raise QueryError("no word between the parentheses", column)
        self.depth -= 1
        self.advance()
        return node

    def compared(self, token: re.Match[str], column: int) -> Node:
        field = RangeField(token["compared"].lower())
        self.advance()
        try:
            return self.counted(read_range(field, token["comparison"], token["amount"]), column)
        except QueryError:
            raise
        except ValueError as error:
            raise QueryError(str(error), column) from None

    def fielded(self, token: re.Match[str], column: int, outer: FieldName) -> Node | None:
        name = token["field"]
        field = _FIELDS.get(name.lower())
        follows = self.text[token.end() : token.end() + 1]
        alone = not follows or follows.isspace() or follows == ")"
        if field is None:
            if not alone:
                raise QueryError(_unknown(name), column)
            self.advance()  # a word with a colon after it, as in a pasted title
            return self.words(name, outer, column)
        if isinstance(field, RangeField):
            example = "salary>=90000" if field is RangeField.SALARY else f"{field}<7d"
            raise QueryError(f"{field} is compared, as in {example},", column)
        if alone:
            raise QueryError(f"expected a value after {field}:", column)
        self.advance()
        if self.kind == "open":
            return self.group(field)
        node = self.value(field, plain=True)
        if node is None:
            raise QueryError(f"no word to look for in {field}:", column)
        return node

    def value(self, field: FieldName, plain: bool = False) -> Node | None:
        """A word or phrase. `plain`: right after a field's colon nothing in it is read as an operator."""
        token, column = self.token, self.column
        if token is None:
            raise QueryError("expected a value", column)
        if token["phrase"] is not None:
            if not token["end"]:
                raise QueryError("unclosed quote", column)
            text = token["phrase"]
            self.advance()
            if not text.strip():
                raise QueryError("no word between the quotes", column)
            return self.words(text, field, column, quoted=True)
        text = token["word"] or ""
        if plain and not text:  # an operator's look-alike: take what stands there up to the next blank
            taken = re.compile(r'[^\s()"]*').match(self.text, token.start())
            text = taken[0] if taken else ""
            self.at = token.start() + len(text)
        self.advance()
        return self.words(text, field, column)

    def words(self, text: str, field: FieldName, column: int, quoted: bool = False) -> Node | None:
        if isinstance(field, ValueField):
            try:
                value = read_value(field, text)
            except ValueError as error:
                raise QueryError(str(error), column) from None
            return self.counted(value, column)
        found = asked_terms(text)
        if not found:
            return None
        prefix = len(found) == 1 and is_lone(found[0])
        if not quoted and "*" in text:
            prefix = _is_prefix(text, found, column)
            self.prefixes += prefix and not is_lone(found[0])
            if self.prefixes > MAX_PREFIXES:
                raise QueryError(f'at most {MAX_PREFIXES} words end in "*"; write some out', column)
        return self.counted(words(found, field, prefix, quoted), column)

    def counted(self, leaf: Leaf, column: int) -> Leaf:
        self.terms += len(leaf.terms) if isinstance(leaf, Words) else 1
        if self.terms > MAX_TERMS:
            raise QueryError(f"a query has at most {MAX_TERMS} words; take some away", column)
        return leaf


def _is_prefix(text: str, found: tuple[str, ...], column: int) -> bool:
    if "*" in text.rstrip("*"):
        raise QueryError('"*" stands only at the end of a word', column)
    if is_pair(found[-1]):  # what is written without spaces goes on anyhow
        return False
    if len(found) > 1:
        raise QueryError('only a single word ends in "*"', column)
    if len(found[0]) < MIN_PREFIX and not is_lone(found[0]):
        raise QueryError(f'at least {MIN_PREFIX} letters stand before "*"', column)
    return True


def _unknown(name: str) -> str:
    known = ", ".join(f"{field}:" for field in (*TextField, *ValueField))
    return f'unknown field "{name}" (known: {known}, {", ".join(RangeField)})'

"""What an index holds of a listing, and of what kind each part is. `domain/analyse` splits its texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any

import tantivy

from backend.domain import analyse, inflect
from backend.domain.analyse import BREAK
from backend.domain.matching import Document
from backend.domain.query_nodes import TextField, ValueField

VERSION = f"3.{analyse.VERSION}.{inflect.VERSION}"
STEMS, TITLE_STEMS = "stems", "title_stems"  # keys of terms: inflected forms have one, see `domain/inflect`
TEXT = "text"  # title, company, places and description in one, so that a word is one look-up
KEYED = {ValueField.EMPLOYER: "employer_key", ValueField.CITY: "city_key"}  # many values, counted by `key_of`
NONE = ""  # the value of what states none: a column without gaps is counted several times as fast
ID_BITS = 31
ID_SPACE = 1 << ID_BITS
_ANALYSER = "terms"
Fields = dict[str, Any]
"""Name -> the value of a field, or its values."""


class IndexUnusable(Exception):
    """There is no index, or it is damaged, or of another version. The database still answers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One listing to be indexed."""

    id: int
    is_open: bool
    document: Document


def order_of(first_seen_at: datetime, listing_id: int) -> int:
    """Newest first is this number's descending order: whole seconds, then the id. Unique, below 2**63."""
    return int(first_seen_at.timestamp()) * ID_SPACE + listing_id


def microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def key_of(value: str) -> int:
    """A number for it, the same everywhere. Among a million values it is unlikely that two share one."""
    return int.from_bytes(blake2b(value.encode(), digest_size=8).digest(), signed=True)


@cache
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("order", fast=True)
    builder.add_integer_field("pay_order", fast=True)
    builder.add_integer_field("posted", fast=True)
    builder.add_integer_field("seen", fast=True)
    builder.add_float_field("salary", fast=True)
    builder.add_text_field("status", tokenizer_name="raw", index_option="basic", fast=True)
    for value in ValueField:
        keyed = value in KEYED
        builder.add_text_field(value, keyed, not keyed, tokenizer_name="raw", index_option="basic")
    for key in KEYED.values():
        builder.add_integer_field(key, indexed=True, fast=True)
    for text in (TEXT, *TextField):
        builder.add_text_field(text, tokenizer_name=_ANALYSER, index_option="position")
    for stems in (STEMS, TITLE_STEMS):
        builder.add_text_field(stems, tokenizer_name=_ANALYSER, index_option="freq")
    return builder.build()


def prepare(index: tantivy.Index) -> tantivy.Index:
    """What each process tells an index it has opened: terms are split at the blanks that `plain` leaves."""
    splitter = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_ANALYSER, splitter)
    return index


def fields_of(entry: Entry) -> Fields:
    """What the index holds of a listing, worked out; plain values that go from process to process."""
    document = entry.document
    fields: Fields = {
        "id": entry.id,
        "order": order_of(document.first_seen_at, entry.id),
        "seen": microseconds(document.first_seen_at),
        "status": "open" if entry.is_open else "closed",
    }
    pay = 0
    if document.salary is not None:
        fields["salary"] = document.salary
        pay = min(max(int(document.salary), 0), ID_SPACE - 1)
    fields["pay_order"] = pay * ID_SPACE + entry.id
    if document.posted_at is not None:
        fields["posted"] = microseconds(document.posted_at)
    for field in ValueField:
        values = sorted(document.values.get(field) or (NONE,))
        fields[field.value] = values
        if field in KEYED:
            fields[KEYED[field]] = [key_of(value) for value in values]
    fields |= {name.value: text for name, text in document.fields.items()}
    fields[TEXT] = BREAK.join([*document.fields.values(), document.body])
    return fields | {STEMS: document.stems, TITLE_STEMS: document.title_stems}


def as_stored(fields: Fields) -> tantivy.Document:
    return tantivy.Document.from_dict(fields, schema())

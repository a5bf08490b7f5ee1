from __future__ import annotations

import pytest

from backend.domain.inflect import alternatives, keys_in
from backend.domain.language import LANGUAGES


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["manage", "manages", "managed", "managing", "management"]),
        ("en", ["manager", "managers"]),
        ("en", ["engineer", "engineers", "engineering"]),
        ("fr", ["developpeur", "developpeurs"]),
        ("de", ["entwickler", "entwicklern", "entwicklers"]),
        ("es", ["desarrollador", "desarrolladores", "desarrolladora"]),
        ("ru", ["разработчик", "разработчика", "разработчики", "разработчиков"]),
    ],
)
def test_inflected_forms_have_one_key(language, forms):
    keys = {keys_in(language)[form] for form in forms}
    assert len(keys) == 1
    assert keys <= {key for form in forms for key in alternatives(form)}


@pytest.mark.parametrize(
    "term", ["cplusplus", "nodejs", "k8s", "go", "r", "react", "東京", "μηχανικος", "4711"]
)
def test_names_numbers_and_other_scripts_stand_for_themselves(term):
    assert alternatives(term) == ()
    assert {keys_in(language)[term] for language in (*LANGUAGES, None)} == {f"={term}"}


def test_an_english_role_is_not_what_it_does():
    keys = keys_in("en")
    assert keys["manager"] != keys["management"]
    assert keys["officers"] != keys["office"]
    assert keys["engineer"] != keys["engine"] == keys["engines"]


def test_where_the_language_is_not_known_every_term_is_exact():
    assert keys_in(None)["engineers"] == "=engineers"


def test_a_stem_is_never_shorter_than_three_letters():
    assert keys_in("en")["going"] == "en:going"
    assert keys_in("en")["ios"] == "en:ios"


def test_cyrillic_words_have_russian_forms_only():
    assert alternatives("повара") == ("ru:повар",)

from __future__ import annotations

import pytest

from backend.domain.analyse import plain
from backend.domain.language import detect

TEXTS = {
    "en": "We are looking for an engineer to join our team and build the tools that our customers use.",
    "fr": "Nous recherchons une personne passionnée pour rejoindre notre équipe et développer nos produits.",
    "de": "Wir suchen eine engagierte Person, die mit uns die Zukunft der Mobilität gestaltet und mitdenkt.",
    "es": "Buscamos una persona con experiencia para nuestro equipo de ventas en la ciudad.",
    "ru": "Мы ищем опытного инженера в нашу команду, который будет работать над новыми продуктами.",
}
OTHERS = [
    "Cerchiamo una persona con esperienza nella gestione dei progetti per il nostro team.",
    "Procuramos uma pessoa com experiência para a nossa equipe de vendas em São Paulo.",
    "Wij zoeken een ervaren collega voor ons team in Utrecht die aan onze producten werkt.",
    "Szukamy doświadczonej osoby do naszego zespołu w Krakowie, która chce się rozwijać z nami.",
    "Ми шукаємо досвідченого інженера до нашої команди, який буде працювати над новими продуктами.",
    "Ürün ekibimize katılacak yeni deneyimli bir yazılım mühendisi arıyoruz; İstanbul'da tam zamanlı.",
    "私たちは東京のチームで働く経験豊富なエンジニアを探しています。",
]


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    assert detect(plain(text)) == language


@pytest.mark.parametrize("text", OTHERS)
def test_a_language_that_is_not_inflected_is_none(text: str) -> None:
    assert detect(plain(text)) is None


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Senior Account Executive", "en"),
        ("Softwareentwickler für unser Backend", "de"),
        ("Разработчик на Python", "ru"),
        ("東京 営業", None),
        ("", None),
    ],
)
def test_a_title_alone_is_english_unless_a_word_tells_otherwise(title: str, language: str | None) -> None:
    assert detect(plain(title)) == language

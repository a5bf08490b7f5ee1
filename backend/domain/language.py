"""In which language a listing is written, of those whose words are inflected here.

Told by its commonest words: in running text every second one belongs to a few dozen that hardly another
language has. Words of neighbouring languages stand beside, so that Italian is not taken for Spanish.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, get_args

Language = Literal["en", "fr", "de", "es", "ru"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_FEW = 12  # words
_SHARE = 0.08  # of the words of a longer text; a language that is not known here may have two or three
_COMMON = {
    "en": "the and of to with for you our your are will this that is be from their have who can what by "
    "at about work team experience skills engineer developer manager sales assistant lead head software "
    "specialist representative nurse officer",
    "fr": "le la les des du et au aux vous nous notre votre vos nos est sont pour dans sur avec une un que "
    "qui ou ce cette ces en par plus sein poste equipe equipes ingenieur developpeur charge responsable "
    "stage alternance chef gestionnaire conseiller vendeur technicien infirmier cdi cdd hf",
    "de": "der die das und mit wir uns fur von zu zur zum den dem des ein eine einen einer einem ist sind "
    "wir dich deine deiner dein sie ihr ihre ihren unser unsere unseren im am auf als bei auch wie oder "
    "sowie nach uber sich haben werden dir entwickler ingenieur mitarbeiter leiter leitung kaufmann "
    "werkstudent ausbildung praktikum fachkraft berater vertrieb mwd wmd",
    "es": "el del y con para por una un que en es son se su sus nuestro nuestra nuestros nuestras "
    "como mas tu tus al lo esta este buscamos experiencia equipo trabajo ingeniero desarrollador gerente "
    "tecnico vendedor asesor auxiliar practicas encargado ofrecemos requisitos",
    "ru": "и в на с по для от к из за не что как мы вы ты вас нас наш наша наши ваш будет или до при это "
    "опыт работы работа работать команда команде требования обязанности условия знание умение инженер "
    "менеджер разработчик специалист программист руководитель аналитик продавец оператор",
    "it": "il lo gli di del della dei delle degli e ed con per una un che in sono nel nella alla al "
    "nostro nostra siamo esperienza lavoro si",
    "pt": "o os as do da dos das e para por uma um que em na nos nas ao voce sua seu nossa nosso "
    "nao experiencia trabalho equipe conhecimento vaga",
    "nl": "het een van en met voor je jij jouw ons onze wij we zijn bij op te aan als dat die ook naar ben "
    "wat functie werken",
    "pl": "i z na do dla oraz się sie ze od jest praca pracy doswiadczenie zespol zespolu znajomosc",
    "sv": "och att som for med av till ar vi du dig har pa om det en ett i vara din ditt kan",
    "da": "og at som for med af til er vi du dig har pa om det en et i vores din dit kan",
    "uk": "і та у в на з для від до що як ми ви ти не за або досвід роботи команди вимоги",
    "bg": "и в на с за от да се ще са по към ни ви не или опит работа",
}


def _told() -> dict[str, str]:
    """Word -> the one language that has it. What several have tells nothing."""
    having = Counter(word for words in _COMMON.values() for word in set(words.split()))
    return {
        word: language for language, words in _COMMON.items() for word in words.split() if having[word] == 1
    }


_TELLS = _told()


def detect(text: str) -> Language | None:
    """The language of a text as `analyse.plain` writes it; None if it is another, or cannot be told.

    A few words of the Latin alphabet that tell nothing are taken for English, as most titles are.
    """
    words = text.split()
    told = Counter(filter(None, map(_TELLS.get, words)))
    if len(words) <= _FEW and not told:
        return "en" if words and text.isascii() else None
    best = max(told, key=told.__getitem__, default=None)
    count = told[best] if best else 0
    if list(told.values()).count(count) != 1 or (len(words) > _FEW and count < _SHARE * len(words)):
        return None
    return next((language for language in LANGUAGES if language == best), None)

"""What sources and titles say in their own words -> work mode, employment type, level. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from backend.domain.places import is_hybrid, is_remote
from backend.domain.posting import EmploymentType, Level, WorkMode

# The first that fits wins: an internship is one whatever its hours, a contract too.
_EMPLOYMENT = {
    EmploymentType.INTERNSHIP: r"\bintern\b|interns\b|internship|\bstage\b|stagiaire|praktik|prácticas"
    r"|becario|trainee|co-?op\b|staż|tirocinio|стажировка|стажер",
    EmploymentType.APPRENTICESHIP: r"apprentic|ausbildung|azubi|alternance|alternant",
    EmploymentType.VOLUNTEER: r"volunt|ehrenamt|bénévol",
    EmploymentType.CONTRACT: r"contract|freelanc|self.?employed|\bb2b\b|consultan|\b1099\b",
    EmploymentType.PART_TIME: r"part.?time|teilzeit|temps partiel|media jornada|tiempo parcial|deltid"
    r"|working.?student|werkstudent|mini.?job|niepełny|частичная|\bpart\b",
    EmploymentType.TEMPORARY: r"temporary|\btemp\b|seasonal|fixed.?term|befristet|\bcdd\b|\bper.?diem\b"
    r"|interim|временная",
    EmploymentType.FULL_TIME: r"full.?time|vollzeit|temps plein|jornada completa|tiempo completo|heltid"
    r"|pełny etat|полная|\bfull\b|permanent|regular|festanstellung|\bcdi\b|unbefristet",
}
_LEVELS = {
    Level.INTERN: r"\binterns?\b|internship|praktik|werkstudent|working student|trainee|apprentic"
    r"|\bstudent\b|stagiaire|alternant",
    Level.EXECUTIVE: r"\b(?:chief .{0,40}officer|c[efoit]o|cmo|cpo|cro|ciso|s?vp|vice president|president)\b"
    r"(?!.{0,12}\bassistant\b)",
    Level.DIRECTOR: r"\bdirector\b|\bhead of\b|\bleiter\b|\bdirecteur\b|\bdirectrice\b",
    # "Manager, Design" leads people; a "Product Manager" or "Account Manager" need not
    Level.MANAGER: r"^(?:(?:sr\.?|senior|group|associate|regional|global|interim)\s+)*manager\b"
    r"|\b(?:engineering|general|team|people|store|shop|restaurant|shift|district|regional|area|plant|branch"
    r"|office|operations|sales|development|department|design)\s+manager\b|\bteam ?lead(?:er)?\b",
    Level.LEAD: r"\b(?:lead|principal|staff|distinguished|fellow|architect)\b",
    Level.SENIOR: r"\b(?:senior|sr|snr|expert|expérimenté|iii|iv)\b",
    Level.ENTRY: r"\b(?:junior|jr|entry.?level|graduate|new grad|early.?career|beginner|débutant)\b",
    Level.MID: r"\b(?:mid.?level|intermediate|mid)\b",
}
# Codes that services give besides the title.
_CODES = {
    Level.INTERN: "internship, student",
    Level.ENTRY: "entry_level, entry-level, entry level, associate, junior",
    Level.MID: "mid_level, mid, experienced, intermediate",
    Level.SENIOR: "mid_senior_level, mid-senior level, senior",
    Level.LEAD: "lead, principal",
    Level.MANAGER: "manager, senior_manager",
    Level.DIRECTOR: "director",
    Level.EXECUTIVE: "executive",
}
_LEVEL_OF_CODE = {code: level for level, codes in _CODES.items() for code in codes.split(", ")}
_EMPLOYMENT_RULES = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _EMPLOYMENT.items()]
_LEVEL_RULES = [(level, re.compile(pattern, re.IGNORECASE)) for level, pattern in _LEVELS.items()]
_MARKED_REMOTE = re.compile(
    r"(?:[(\[,|–—:]|\s-)\s*(?:100 ?% |fully )?remote\b(?! sensing)|\bremote\W*$", re.IGNORECASE
)
_TITLE_TYPES = {EmploymentType.INTERNSHIP, EmploymentType.APPRENTICESHIP}
_TITLE_PART_TIME = re.compile(r"part.?time|teilzeit|working student|werkstudent", re.IGNORECASE)


@lru_cache(maxsize=2_000)
def _mode_of_words(words: str) -> WorkMode | None:
    bare = re.sub(r"[^a-zäöüéèí]", "", words.lower())
    if "hybrid" in bare or "flexible" in bare:
        return WorkMode.HYBRID
    if bare.startswith(("no", "unspecified")) and "remote" in bare:
        return None
    if any(word in bare for word in ("remote", "telecommut", "homeoffice", "fullydistributed", "virtual")):
        return WorkMode.REMOTE
    if any(word in bare for word in ("onsite", "inoffice", "office", "inperson", "vorort")):
        return WorkMode.ONSITE
    return None


def work_mode_of(words: str | None, places: Iterable[str], title: str) -> WorkMode | None:
    """What the source says; else what its places say; else a mark in the title ("Engineer (Remote)")."""
    said = _mode_of_words(words) if words else None
    if said:
        return said
    texts = list(places)
    if any(is_remote(text) for text in texts):
        return WorkMode.REMOTE
    if any(is_hybrid(text) for text in texts):
        return WorkMode.HYBRID
    return WorkMode.REMOTE if "emote" in title.lower() and _MARKED_REMOTE.search(title) else None


@lru_cache(maxsize=2_000)
def _type_of_words(words: str) -> EmploymentType | None:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", words)  # FullTime, fulltime_permanent
    return next((kind for kind, pattern in _EMPLOYMENT_RULES if pattern.search(spaced)), None)


@lru_cache(maxsize=50_000)
def _type_of_title(title: str) -> EmploymentType | None:
    kind = next((kind for kind, pattern in _EMPLOYMENT_RULES[:2] if pattern.search(title)), None)
    if kind in _TITLE_TYPES:
        return kind
    return EmploymentType.PART_TIME if _TITLE_PART_TIME.search(title) else None


def employment_type_of(words: str | None, title: str) -> EmploymentType | None:
    """What the source says; else what the title says plainly (internships, apprenticeships, part-time)."""
    return (_type_of_words(words) if words else None) or _type_of_title(title)


@lru_cache(maxsize=50_000)
def level_of(words: str | None, title: str) -> Level | None:
    """The title first: services' own levels are coarse. Unknown is None, not MID."""
    for level, pattern in _LEVEL_RULES:
        if pattern.search(title):
            return level
    return _LEVEL_OF_CODE.get(words.strip().lower()) if words else None

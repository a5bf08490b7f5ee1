"""France Travail, "Offres d'emploi v2": https://francetravail.io/data/api/offres-emploi (OAuth2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from backend.domain.posting import Location, Posting, Salary, SalaryPeriod, merge_duplicates
from backend.domain.salary import salary_of
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response
from backend.sources.moments import loose_moment
from backend.sources.queries import Search, parameter, search_token, with_parameter
from backend.sources.shapes import Fields, rows
from backend.sources.texts import as_html

API = "https://api.francetravail.io/partenaire/offresdemploi/v2/offres/search"
PAGES = "https://candidat.francetravail.fr/offres/recherche"
TOKEN = "https://entreprise.francetravail.fr/connexion/oauth2/access_token?realm=%2Fpartenaire"  # noqa: S105
SCOPE = "api_offresdemploiv2 o2dsoffre"
LIMIT = 150
LAST_START = 3000  # a range starts here at the latest: 3,150 offers at the most
CONDITIONS = (
    "motsCles", "commune", "distance", "departement", "region", "typeContrat", "publieeDepuis",
    "codeROME", "appellation", "experience", "qualification", "secteurActivite", "tempsPlein", "theme",
)  # fmt: skip
_RANGE = re.compile(r"offres\s+(\d{1,7})-(\d{1,7})/(\d{1,9})")
_ASKED = re.compile(r"(\d{1,7})-(\d{1,7})")
_PERIODS = {
    "annuel": SalaryPeriod.YEAR,
    "mensuel": SalaryPeriod.MONTH,
    "horaire": SalaryPeriod.HOUR,
}
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:euros?|€)", re.IGNORECASE)


class FranceTravail(Search):
    """The token is a query: `departement=75&motsCles=python`. Past 3,150 offers a search is not complete."""

    name = "france_travail"
    label = "France Travail"
    parser_version = 1
    url_forms = ("candidat.francetravail.fr/offres/recherche?motsCles=WORDS",)
    envelope = "resultats"
    api = API
    page = PAGES
    first = (("range", f"0-{LIMIT - 1}"),)
    needs = ("france_travail_client_id", "france_travail_client_secret")
    proven = False

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        own_api = address.host == "api.francetravail.io" and address.path[-2:] == ("offres", "search")
        own_page = address.host == "candidat.francetravail.fr" and address.path == ("offres", "recherche")
        return search_token(url, CONDITIONS) if own_api or own_page else None

    def grant_request(self, credentials: Mapping[str, str]) -> Request | None:
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials.get("france_travail_client_id", ""),
            "client_secret": credentials.get("france_travail_client_secret", ""),
            "scope": SCOPE,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return Request(TOKEN, "POST", headers, urlencode(form).encode())

    def read_grant(self, response: Response) -> Mapping[str, str]:
        return {"access_token": Fields(json_answer(response)).need_text("access_token")}

    def authorise(self, request: Request, credentials: Mapping[str, str]) -> Request:
        granted = {"Authorization": f"Bearer {credentials.get('access_token', '')}"}
        return replace(request, headers={**request.headers, "Accept": "application/json", **granted})

    def parse(self, response: Response) -> Page:
        """206 says that there are more, 204 without a body that there are none."""
        if response.status == 204 and not response.body.strip():
            return Page([])
        if response.status == 206:
            response = replace(response, status=200)
        found = rows(json_answer(response), self.envelope)
        start, total = _start_and_total(response)
        following = start + len(found)
        more = (
            bool(found) and following <= LAST_START and (following < total if total else len(found) >= LIMIT)
        )
        url = response.request.url or API
        asked = with_parameter(url, "range", f"{following}-{following + LIMIT - 1}") if more else None
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=Request(asked) if asked else None,
            complete=more or following >= total,
        )


def _start_and_total(response: Response) -> tuple[int, int]:
    """Where the answer starts, and how many there are; 0 where it does not say."""
    said = _RANGE.search(response.headers.get("content-range", ""))
    if said:
        return int(said.group(1)), int(said.group(3))
    asked = _ASKED.fullmatch(parameter(response.request.url, "range") or "")
    return (int(asked.group(1)) if asked else 0), 0


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("id")
    return Posting(
        external_id=external_id,
        title=row.need_text("intitule"),
        url=row.object("origineOffre").link("urlOrigine") or f"{PAGES}/detail/{external_id}",
        company=row.object("entreprise").text("nom"),
        locations=_places(row.object("lieuTravail").text("libelle")),
        description_html=as_html(row.text("description")) or "",
        department=row.text("romeLibelle"),
        employment_type=_employment(row),
        salary=_salary(row.object("salaire").text("libelle")),
        posted_at=loose_moment(row.text("dateCreation")),
    )


def _places(label: str | None) -> tuple[Location, ...]:
    """`74 - ANNECY`: the department's number, then the town in capitals; or just a region."""
    if label is None:
        return ()
    number, dash, town = label.partition(" - ")
    if not dash or not re.fullmatch(r"\d{2,3}|2[AB]", number.strip()):
        return (Location(label, country="FR"),)
    town = re.sub(r"\s+\d{1,2}(?:er|e)?(?: arrondissement)?$", "", town.strip(), flags=re.IGNORECASE)
    return (Location(label, town.title(), None, "FR"),)


def _employment(row: Fields) -> str | None:
    """CDI, CDD, MIS (agency work) … with the hours; an apprenticeship has a flag of its own."""
    if row.flag("alternance"):
        return "alternance"
    contract = row.text("typeContrat")
    said = {"MIS": "interim", "SAI": "seasonal", "LIB": "freelance"}.get(contract or "", contract)
    return " ".join(part for part in (said, row.text("dureeTravailLibelleConverti")) if part) or None


def _salary(label: str | None) -> Salary | None:
    """`Mensuel de 1923.00 Euros à 2100.00 Euros sur 12 mois`."""
    if not label or len(label) > 300:
        return None
    amounts = [float(found.replace(",", ".")) for found in _AMOUNT.findall(label)[:2]]
    period = next((period for word, period in _PERIODS.items() if label.lower().startswith(word)), None)
    if not amounts or period is None:
        return None
    return salary_of(amounts[0], amounts[-1] if len(amounts) > 1 else None, "EUR", period)

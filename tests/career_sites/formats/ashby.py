"""Ashby: api.ashbyhq.com."""

from __future__ import annotations

from typing import Any

from tests.career_sites.formats.common import (
    View,
    encode,
    html_of,
    listing_url,
    plain_of,
    shown_title,
    stable_id,
    written,
)
from tests.career_sites.openings import Opening

EMPLOYMENT = {
    "full_time": "FullTime",
    "part_time": "PartTime",
    "contract": "Contract",
    "temporary": "Temporary",
    "internship": "Intern",
}
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def _postal(opening: Opening, index: int) -> dict[str, Any]:
    place = opening.places[index]
    return {
        "postalAddress": {
            "addressRegion": place.region,
            "addressCountry": place.country_name,
            "addressLocality": place.city,
        }
    }


def ashby_job(view: View, opening: Opening, pay: bool) -> dict[str, Any]:
    sections = written(view.company, opening)
    url = listing_url(view.company, opening)
    mode = {"remote": "Remote", "hybrid": "Hybrid", "onsite": "OnSite"}[opening.work_mode]
    job: dict[str, Any] = {
        "id": opening.external_id,
        "title": shown_title(opening),
        "department": opening.department,
        "team": opening.team,
        "employmentType": EMPLOYMENT[opening.employment_type],
        "location": opening.places[0].city,
        "shouldDisplayCompensationOnJobPostings": True,
        "secondaryLocations": [
            {"location": place.city, "address": _postal(opening, index)}
            for index, place in enumerate(opening.places)
            if index
        ],
        "publishedAt": view.instant(opening.posted_at).isoformat(timespec="milliseconds"),
        "isListed": True,
        "isRemote": None if opening.number % 6 == 5 and mode != "Remote" else mode == "Remote",
        "workplaceType": mode,
        "address": _postal(opening, 0),
        "jobUrl": url,
        "applyUrl": f"{url}/application",
        "descriptionHtml": html_of(sections, "h1", "min-height:1.5em"),
        "descriptionPlain": plain_of(sections),
    }
    return job | {"compensation": ashby_pay(opening)} if pay else job


def ashby_pay(opening: Opening) -> dict[str, Any]:
    pay = opening.pay
    if pay is None:
        return {
            "compensationTierSummary": None,
            "scrapeableCompensationSalarySummary": None,
            "compensationTiers": [],
            "summaryComponents": [],
        }
    low, high = (_short(amount, pay.currency) for amount in (pay.minimum, pay.maximum))
    salary = {
        "compensationType": "Salary",
        "interval": f"1 {pay.period.upper()}",
        "currencyCode": pay.currency,
        "minValue": pay.minimum,
        "maxValue": pay.maximum,
    }
    equity = dict.fromkeys(salary) | {"compensationType": "EquityPercentage", "interval": "NONE"}
    tier = {
        "id": f"{stable_id(opening.role):08x}-0000-4000-a000-000000000001",
        "tierSummary": f"{low} – {high} • Offers Equity",
        "title": None,
        "additionalInformation": None,
        "components": [
            {
                "id": f"{stable_id(opening.role):08x}-0000-4000-a000-00000000000{n}",
                "summary": summary,
                **component,
            }
            for n, (summary, component) in enumerate(
                ((f"{low} – {high}", salary), ("Offers Equity", equity)), 2
            )
        ],
    }
    return {
        "compensationTierSummary": tier["tierSummary"],
        "scrapeableCompensationSalarySummary": f"{low} - {high}",
        "compensationTiers": [tier],
        "summaryComponents": [salary, equity],
    }


def _short(amount: int, currency: str) -> str:
    number = f"{amount / 1000:g}K" if amount >= 1000 else f"{amount}"
    return f"{SIGNS[currency]}{number}" if currency in SIGNS else f"{currency} {number}"


def ashby_list(view: View, pay: bool) -> bytes:
    jobs = [ashby_job(view, opening, pay) for opening in view.openings]
    if jobs and view.company.index % 8 == 2:  # an unlisted job is in the answer, and must be skipped
        ghost = {"id": f"00000000-0000-4000-a000-{view.company.index:012d}", "isListed": False}
        jobs.append(jobs[0] | ghost | {"title": "Talent Pool (unlisted)"})
    return encode({"jobs": jobs, "apiVersion": "1"})

"""Personio: <tenant>.jobs.personio.de."""

from __future__ import annotations

from datetime import UTC
from html import escape

from tests.career_sites.formats.common import View, written
from tests.career_sites.openings import Opening
from tests.career_sites.writer import Section, blocks

SENIORITY = {"intern": "student", "entry": "entry-level", "mid": "experienced", "senior": "experienced"}
YEARS = {"intern": "lt-1", "entry": "1-2", "mid": "2-5", "senior": "5-7", "lead": "7-10"}


def personio_position(view: View, opening: Opening) -> str:
    def tag(name: str, text: str) -> str:
        return f"    <{name}>{escape(text, quote=False)}</{name}>"

    offices = [place.city for place in opening.places]
    if opening.work_mode == "remote" and len(offices) > 1:
        offices[0] = "Remote"  # a remote office is all that Personio has for it
    more = "".join(f"\n        <office>{escape(office)}</office>" for office in offices[1:])
    texts = "\n".join(
        f"        <jobDescription>\n            <name>{escape(section.heading or 'Your tasks')}</name>\n"
        f"            <value><![CDATA[{_cdata(section)}]]></value>\n        </jobDescription>"
        for section in written(view.company, opening)
    )
    intern = opening.employment_type == "internship"
    rows = [
        tag("id", opening.external_id),
        tag("subcompany", f"{view.company.name} GmbH"),
        tag("office", offices[0]),
        f"    <additionalOffices>{more}\n    </additionalOffices>" if more else "",
        tag("department", opening.department),
        tag("recruitingCategory", opening.team),
        tag("name", opening.title),
        f"    <jobDescriptions>\n{texts}\n    </jobDescriptions>",
        tag(
            "employmentType",
            "intern" if intern else "freelance" if opening.employment_type == "contract" else "permanent",
        ),
        tag("seniority", SENIORITY.get(opening.level, "executive")),
        tag("schedule", "part-time" if opening.employment_type == "part_time" else "full-time"),
        tag("yearsOfExperience", YEARS.get(opening.level, "10-15")),
        tag("occupation", opening.field),
        tag("occupationCategory", opening.field),
        tag("createdAt", view.instant(opening.posted_at).astimezone(UTC).isoformat(timespec="seconds")),
    ]
    return "<position>\n" + "\n".join(row for row in rows if row) + "\n</position>"


def _cdata(section: Section) -> str:
    return (section.lines[0] if section.kind == "html" else blocks(section)).replace("]]>", "]]]]><![CDATA[>")


def personio_list(view: View) -> bytes:
    positions = "\n\n".join(personio_position(view, opening) for opening in view.openings)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}\n\n<workzag-jobs>\n\n{positions}\n\n</workzag-jobs>\n".encode()

"""Files of boards: what is added, what is known, what is not recognised and why, when they are visited."""

from __future__ import annotations

import io
import random
import time
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from backend.cli.boards import boards as command
from backend.models import Board, Company, db
from backend.queueing import JobName, waiting_key
from backend.services import boards, catalogue, companies
from backend.sources import pasted, registry

HOUR = timedelta(hours=1)
FILE = """name\tsource\tslug\turl\torigins
Acme\tgreenhouse\tacme\thttps://boards.greenhouse.io/acme\tA
Acme\tlever\tacme\thttps://jobs.lever.co/acme\tA
Acme\tashby\tacme\thttps://jobs.ashbyhq.com/acme\tB
\tBambooHR\tglobex\thttps://globex.bamboohr.com/careers\tB
Initech\tworkable\tinitech\thttps://careers.initech.example/\tB
Acme again\tgreenhouse\tacme\thttps://job-boards.greenhouse.io/acme/jobs/1\tC
Elsewhere\tnowhere_yet\telse\thttps://else.example/jobs\tC
Docs\tbamboohr\thelp\thttps://help.bamboohr.com/careers\tC
Nothing\t\t\t\tC
"""


def read(session, now, text=FILE, spread=timedelta(0)):
    return list(catalogue.import_rows(session, catalogue.read_rows(io.StringIO(text)), now, spread))


def names(session):
    return {row.slug: row.name for row in session.execute(select(Company.slug, Company.name))}


def test_every_line_says_what_became_of_it(session, now):
    lines = read(session, now)
    assert [line.number for line in lines] == list(range(2, 11))
    assert [line.outcome for line in lines] == ["added"] * 5 + ["known"] + ["not recognised"] * 3
    assert [line.text for line in lines[:6]] == [
        "greenhouse:acme",
        "lever:acme",
        "ashby:acme",
        "bamboohr:globex",
        "workable:initech",
        "greenhouse:acme",
    ]
    assert lines[6].text == "there is no source 'nowhere_yet' yet"
    assert lines[7].text.startswith("BambooHR does not know https://help.bamboohr.com/careers;")
    assert lines[8].text == "no url"
    assert [line.source for line in lines[5:]] == ["greenhouse", "nowhere_yet", "bamboohr", ""]


def test_importing_again_adds_nothing(session, now):
    read(session, now)
    lines = read(session, now)
    assert not [line for line in lines if line.outcome == "added"]
    assert session.scalar(select(func.count(Board.id))) == session.scalar(select(func.count(Company.id))) == 5


def test_companies_of_one_name_stay_apart_also_from_those_that_were_there(session, now):
    boards.watch(session, registry.source("recruitee"), "acme.recruitee.com", "Acme", now)
    read(session, now)
    assert names(session) == {
        "acme": "Acme",
        "acme-2": "Acme",
        "acme-3": "Acme",
        "acme-4": "Acme",
        "globex": "globex",
        "initech": "Initech",
    }


def test_slugs_stay_apart_where_a_name_looks_like_a_numbered_one(session, now):
    wanted = [companies.NewCompany(name) for name in ("Acme 2", "Acme", "Acme", "Acme-2", *["Acme"] * 30)]
    ids = companies.make_many(session, wanted, now)
    assert len(set(ids)) == len(wanted)
    assert len(names(session)) == len(wanted)


def test_a_csv_needs_no_source_where_there_is_a_url(session, now):
    header = "\ufeffURL,Company,Country,Sector\r\n"
    text = header + 'lever:eu:acme,"Acme, Inc.",de,Tools\r\n\r\njobs.ashbyhq.com/x,X,,\r\n'
    assert [(line.number, line.text) for line in read(session, now, text)] == [
        (2, "lever:eu:acme"),
        (4, "ashby:x"),
    ]
    company = session.scalar(select(Company).where(Company.name == "Acme, Inc."))
    assert (company.country, company.sector) == ("DE", "Tools")


@pytest.mark.parametrize("header", ["name\tslug\n", "", "company,source\n"])
def test_a_file_without_a_column_that_names_boards_is_refused(session, now, header):
    with pytest.raises(catalogue.BadFile, match="a column url, or source and slug"):
        read(session, now, header + "a\tb\n")


def test_a_mass_import_starts_at_once_and_spreads_over_the_interval(session, now, redis_server):
    text = "ats,token\n" + "".join(f"greenhouse,acme{number}\n" for number in range(2300))
    read(session, now, text, HOUR)
    due = session.scalars(select(Board.next_crawl_at).order_by(Board.next_crawl_at)).all()
    assert due.count(now) == catalogue.AT_ONCE
    assert due[-1] < now + HOUR
    for quarter in range(4):
        begun = now + HOUR * quarter / 4
        assert 450 <= sum(begun < moment <= begun + HOUR / 4 for moment in due) <= 550
    assert redis_server.exists(waiting_key(JobName.CRAWL_DUE, ()))


def test_a_chunk_takes_a_few_statements_not_some_a_row(session, now):
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    read(session, now, "ats,token\n" + "".join(f"lever,acme{number}\n" for number in range(catalogue.CHUNK)))
    assert len(asked) < 20


def test_the_command_tells_lines_and_counts_by_source(app, session, tmp_path):
    file = tmp_path / "boards.tsv"
    file.write_text(FILE)
    result = app.test_cli_runner().invoke(command, ["import", str(file)])
    assert "2\tadded\tgreenhouse:acme" in result.output
    assert "5 added, 1 known, 3 not recognised" in result.output
    counts = next(line.split() for line in result.output.splitlines() if line.startswith("greenhouse "))
    assert counts == ["greenhouse", "1", "1", "0"]


def test_the_command_says_what_is_wrong_with_a_file_that_is_not_utf8(app, tmp_path):
    file = tmp_path / "boards.csv"
    file.write_bytes(b"name,url\nAcm\xe9,jobs.lever.co/acme\n")
    result = app.test_cli_runner().invoke(command, ["import", str(file)])
    assert result.exit_code == 1
    assert "not UTF-8" in result.output


def test_the_known_world_is_recognised_and_imported_fast(session, now, shared):
    """A sample of the 48,971 boards, as if all were imported: at least 272 rows a second, 95 % recognised."""
    with (shared / "companies.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(catalogue.read_rows(file))
    existing = [row for row in rows if pasted.source_named(row[1]["source"]) and row[1]["source"] != "source"]
    assert len(rows) > 48_000
    sample = random.Random(5).sample(existing, 8_000)
    begun = time.perf_counter()
    lines = list(catalogue.import_rows(session, sample, now, HOUR))
    seconds = time.perf_counter() - begun
    assert seconds < len(sample) / len(rows) * 180
    refused = [line for line in lines if line.outcome == "not recognised"]
    assert len(refused) <= 0.05 * len(lines)
    assert all(line.text for line in refused)

"""Which board a pasted address of an applicant tracking system means, and which hosts only a table can tell."""

# ruff: noqa: E501

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from backend.sources.registry import recognise, source

COMPANIES = Path(__file__).parents[4] / "shared" / "companies.tsv"
CID = "fc87c3e5-bb17-4857-9e3a-28a4049196cb"

KNOWN = [
    ("https://aca.bamboohr.com/careers/39", "bamboohr", "aca"),
    ("https://aca.bamboohr.com/jobs/", "bamboohr", "aca"),
    ("https://aca.bamboohr.com/careers/list", "bamboohr", "aca"),
    ("https://aca.bamboohr.com/jobs/embed2.php?departmentId=0", "bamboohr", "embed:aca"),
    ("https://10-4-truck-recruiting.breezy.hr/p/e63605aeb81c-cdl-a", "breezy", "10-4-truck-recruiting"),
    ("https://ats.rippling.com/11fs-group-ltd/jobs/3c36e9c8-1bee-45a2-94fe-09f10ccbe10f", "rippling", "11fs-group-ltd"),
    ("https://ats.rippling.com/en-GB/11fs-group-ltd/jobs", "rippling", "11fs-group-ltd"),
    ("https://ats.us1.rippling.com/acme/jobs", "rippling", "us1:acme"),
    ("https://api.rippling.com/platform/api/ats/v1/board/acme/jobs", "rippling", "acme"),
    ("https://ats.rippling.com/api/v2/board/acme/jobs?page=0", "rippling", "acme"),
    ("https://aawdc.pinpointhq.com/en/postings/fca592d6-2561-4b2a-88b0-15d2b375971a", "pinpoint", "aawdc.pinpointhq.com"),
    ("https://careers.acme.example/postings.json", "pinpoint", "careers.acme.example"),
    ("https://acme.applytojob.com/apply/ABCDEFGHIJ/Inventory-Analyst", "jazzhr", "acme"),
    ("https://app.jazz.co/feeds/export/jobs/acme", "jazzhr", "acme"),
    ("https://ejov.fa.ca2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX/job/25587", "oracle", "ejov.fa.ca2.oraclecloud.com/CX"),
    ("https://jpmc.fa.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1001/requisitions", "oracle", "jpmc.fa.oraclecloud.com/CX_1001"),
    ("https://evht.fa.ocs.oraclecloud.eu/hcmUI/CandidateExperience/de/sites/CX_7001", "oracle", "evht.fa.ocs.oraclecloud.eu/CX_7001"),
    ("https://talents.hermes.com/en/sites/CX/jobs", "oracle", "talents.hermes.com/CX"),
    ("https://dolby.eightfold.ai/careers", "eightfold", "dolby.eightfold.ai"),
    ("https://acme.eightfold.ai/careers?domain=acme.com&query=x", "eightfold", "acme.eightfold.ai/acme.com"),
    ("https://talent.fmjobs.com/careers/job/42478672", "eightfold", "talent.fmjobs.com"),
    ("https://careers.qualcomm.com/careers/search?query=*&domain=qualcomm.com", "eightfold", "careers.qualcomm.com/qualcomm.com"),
    ("https://careers-wipfli.icims.com/jobs/8214/payroll-tax-specialist/job", "icims", "careers-wipfli.icims.com"),
    ("https://careerswe-adlittle.icims.com/jobs/search?ss=1&in_iframe=1", "icims", "careerswe-adlittle.icims.com"),
    ("https://careers.acme.example/api/jobs?page=2&limit=100", "icims", "jibe:careers.acme.example"),
    ("https://assaabloy.jobs2web.com", "successfactors", "assaabloy.jobs2web.com"),
    ("https://jobs.acme.example/search/?q=&startrow=25", "successfactors", "jobs.acme.example"),
    ("https://careers.ey.example/ey/search/?q=&startrow=0", "successfactors", "careers.ey.example/ey"),
    ("https://jobs.acme.example/sitemal.xml", "successfactors", "feed:jobs.acme.example"),
    ("https://career5.successfactors.eu/career?company=KGH&career_ns=job_listing_summary", "successfactors", "career5.successfactors.eu/KGH"),
    ("https://jobs.jobvite.com/careers/acme/jobs", "jobvite", "acme"),
    ("https://jobs.jobvite.com/acme/job/oAbC1dEf", "jobvite", "acme"),
    ("https://www.comeet.com/jobs/arbe/C6.001", "comeet", "arbe/C6.001"),
    ("https://www.comeet.com/jobs/wiliot/F6.003/forward-deployed-engineer/18.767", "comeet", "wiliot/F6.003"),
    ("https://content-us.phenompeople.com/api/SNCOUS/searchJobs", "phenom", "content-us.phenompeople.com/SNCOUS"),
    ("https://www.yelp.careers/us/en/search-results", "phenom", "www.yelp.careers"),
    (f"https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html?cid={CID}&ccId=9203_3&jobId=1", "adp", f"{CID}/9203_3"),
    (f"https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html?cid={CID}", "adp", f"{CID}/19000101_000001"),
    ("https://www.amazon.jobs/en/search?base_query=intern&sort=recent&offset=10", "amazon", "base_query=intern"),
    ("https://www.amazon.jobs/", "amazon", "all"),
    ("https://cdn.jobylon.com/jobs/company-groups/241/embed/v2/?page_size=1000", "jobylon", "company-groups/241"),
    ("https://emp.jobylon.com/companies/2972-uefa/", "jobylon", "companies/2972"),
]  # fmt: skip

UNKNOWN = [
    "https://www.bamboohr.com/careers",
    "https://aca.bamboohr.com.evil.example/careers",
    "https://breezy.hr/pricing",
    "https://app.breezy.hr/signin",
    "https://ats.rippling.com/",
    "https://api.rippling.com/platform/api/ats/v1/board",
    "https://www.rippling.com/careers",
    "https://www.pinpointhq.com/",
    "https://www.applytojob.com/",
    "https://app.jazz.co/login",
    "https://www.oracle.com/en/sites/CX",
    "https://ejov.fa.ca2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/",
    "https://ejov.fa.ca2.oraclecloud.com.evil.example/hcmUI/CandidateExperience/en/sites/CX",
    "https://www.eightfold.ai/careers",
    "https://www.icims.com/",
    "https://career5.successfactors.eu/career?career_ns=home",
    "https://jobs.jobvite.com/",
    "https://www.comeet.com/jobs/arbe",
    "https://www.comeet.co/careers-api/2.0/company/F6.003/positions?token=x",
    "https://content-us.phenompeople.com/",
    "https://workforcenow.adp.com/workforcenow/login.html",
    "https://www.amazon.jobs/en/teams/aws",
    "https://cdn.jobylon.com/jobs/companies/",
]

# the host alone tells nothing; the column of a table does
TOLD = [
    ("pinpoint", "https://careers.petroineos.com", "careers.petroineos.com"),
    ("pinpoint", "hadrian", "hadrian.pinpointhq.com"),
    ("oracle", "https://careers.honeywell.com/en/sites/Honeywell", "careers.honeywell.com/Honeywell"),
    ("eightfold", "https://jobs.infineon.com/careers", "jobs.infineon.com"),
    ("successfactors", "https://jobs.encevo.eu", "jobs.encevo.eu"),
    ("phenom", "https://jobs.tjx.com", "jobs.tjx.com"),
    ("bamboohr", "https://aca.bamboohr.com/careers", "aca"),
]


@pytest.mark.parametrize(("url", "name", "token"), KNOWN, ids=[url for url, _, _ in KNOWN])
def test_a_careers_address_names_its_board(url: str, name: str, token: str) -> None:
    found = recognise(url)

    assert found is not None
    assert (found[0].name, found[1]) == (name, token)


@pytest.mark.parametrize(("url", "name", "token"), KNOWN, ids=[url for url, _, _ in KNOWN])
def test_the_token_leads_back_to_the_same_board(url: str, name: str, token: str) -> None:
    board = source(name)
    made = board.board_url(token)

    assert token in (board.recognise(made), board.token_of(made))
    assert board.first_request(token).url.startswith("https://")


@pytest.mark.parametrize("url", UNKNOWN)
def test_other_addresses_and_look_alikes_are_not_recognised(url: str) -> None:
    assert recognise(url) is None


@pytest.mark.parametrize(("name", "told", "token"), TOLD)
def test_a_table_s_column_tells_what_a_host_does_not(name: str, told: str, token: str) -> None:
    assert source(name).token_of(told) == token


@pytest.mark.skipif(not COMPANIES.exists(), reason="no table of companies beside the checkout (../shared)")
def test_nearly_all_known_companies_are_recognised_with_their_column() -> None:
    names = {name for _, name, _ in KNOWN}
    rows: Counter[str] = Counter()
    found: Counter[str] = Counter()
    with COMPANIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["source"] in names:
                board = source(row["source"])
                rows[board.name] += 1
                token = board.token_of(row["url"]) or (row["slug"] and board.token_of(row["slug"]))
                found[board.name] += bool(token)

    # one company of eight, and one of 27, is known by a page of its own only
    few = {"comeet", "jobylon"}
    assert {name for name, count in rows.items() if found[name] < 0.99 * count} <= few

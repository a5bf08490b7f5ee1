"""Which source and token a pasted careers address means (forms of SOURCES.md), and which it does not."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from backend.sources.registry import SOURCES, UnknownSource, not_recognised, recognise, source

WD = "nvidia.wd5.myworkdayjobs.com/nvidia/NVIDIAExternalCareerSite"

KNOWN = [
    ("https://boards.greenhouse.io/stripe", "greenhouse", "stripe"),
    ("https://boards.greenhouse.io/stripe/jobs/123?t=abc", "greenhouse", "stripe"),
    ("http://job-boards.greenhouse.io/gitlab/", "greenhouse", "gitlab"),
    ("https://job-boards.eu.greenhouse.io/optimove", "greenhouse", "optimove"),
    ("https://boards.greenhouse.io/embed/job_board?for=duolingo", "greenhouse", "duolingo"),
    ("https://boards.greenhouse.io/embed/job_board/js?for=duolingo&b=https://x.example", "greenhouse", "duolingo"),
    ("https://boards.greenhouse.io/embed/job_app?for=duolingo&token=1", "greenhouse", "duolingo"),
    ("https://boards-api.greenhouse.io/v1/boards/stripe/jobs?content=true", "greenhouse", "stripe"),
    ("boards.greenhouse.io/stripe", "greenhouse", "stripe"),
    ("  HTTPS://Boards.Greenhouse.IO/Stripe  ", "greenhouse", "Stripe"),
    ("https://jobs.lever.co/matchgroup", "lever", "matchgroup"),
    ("https://jobs.lever.co/qwello.eu/22a4bb44-66c7-4238-82cb-eb6fe1fc41c7/apply", "lever", "qwello.eu"),
    ("https://jobs.eu.lever.co/mobileye", "lever", "eu:mobileye"),
    ("https://api.eu.lever.co/v0/postings/mobileye?mode=json", "lever", "eu:mobileye"),
    ("https://api.lever.co/v0/postings/15five/22a4bb44", "lever", "15five"),
    ("https://jobs.ashbyhq.com/notion", "ashby", "notion"),
    ("https://jobs.ashbyhq.com/AlephAlpha/7f02bc74-65e8-4b62-a2dc-aee2fa8a3894/application", "ashby", "AlephAlpha"),
    ("https://jobs.ashbyhq.com/Forward%20Financing", "ashby", "Forward Financing"),
    ("https://jobs.ashbyhq.com/jimdo.com/embed?version=2", "ashby", "jimdo.com"),
    ("https://api.ashbyhq.com/posting-api/job-board/ramp?includeCompensation=true", "ashby", "ramp"),
    ("https://careers.smartrecruiters.com/WesternDigital", "smartrecruiters", "WesternDigital"),
    ("https://jobs.smartrecruiters.com/Tieto2/744000141699866-test-engineer", "smartrecruiters", "Tieto2"),
    ("https://api.smartrecruiters.com/v1/companies/Tieto2/postings/744000141699866", "smartrecruiters", "Tieto2"),
    ("https://jobs.smartrecruiters.com/oneclick-ui/company/Tieto2/publication/x", "smartrecruiters", "Tieto2"),
    ("https://apply.workable.com/zego/", "workable", "zego"),
    ("https://apply.workable.com/zego/j/0897A038EC/", "workable", "zego"),
    ("https://apply.workable.com/api/v1/widget/accounts/zego?details=true", "workable", "zego"),
    ("https://apply.workable.com/api/v3/accounts/huggingface/jobs", "workable", "huggingface"),
    ("https://www.workable.com/api/accounts/zego?details=true", "workable", "zego"),
    ("https://zego.workable.com", "workable", "zego"),
    ("https://espeo.recruitee.com/o/project-manager-1/c/new", "recruitee", "espeo.recruitee.com"),
    ("https://jobs.channable.com/api/offers/", "recruitee", "jobs.channable.com"),
    ("https://personio.jobs.personio.de", "personio", "personio.jobs.personio.de"),
    ("https://acme.jobs.personio.com/job/123?language=de", "personio", "acme.jobs.personio.com"),
    ("https://acme.jobs.personio.com/xml", "personio", "acme.jobs.personio.com"),
    ("https://nvidia.wd5.myworkdayjobs.com/NVIDIAExternalCareerSite", "workday", WD),
    ("https://nvidia.wd5.myworkdayjobs.com/en-US/NVIDIAExternalCareerSite/", "workday", WD),
    ("https://nvidia.wd5.myworkdayjobs.com/NVIDIAExternalCareerSite/job/China/X_JR1?q=a", "workday", WD),
    ("https://nvidia.wd5.myworkdayjobs.com/wday/cxs/nvidia/NVIDIAExternalCareerSite/jobs", "workday", WD),
    ("https://connorgp.wd12.myworkdayjobs.com/cg/job/Pune/Cook_1", "workday", "connorgp.wd12.myworkdayjobs.com/connorgp/cg"),
    ("https://rhe.wd103.myworkdayjobs.com/de-DE/1989", "workday", "rhe.wd103.myworkdayjobs.com/rhe/1989"),
    ("https://wd1.myworkdaysite.com/recruiting/wf/WellsFargoJobs", "workday", "wd1.myworkdaysite.com/wf/WellsFargoJobs"),
    ("https://wd1.myworkdaysite.com/en-US/recruiting/wf/WellsFargoJobs/", "workday", "wd1.myworkdaysite.com/wf/WellsFargoJobs"),
    ("https://1komma5.teamtailor.com/jobs/7793185-saljare", "teamtailor", "1komma5.teamtailor.com"),
    ("https://acme.na.teamtailor.com/", "teamtailor", "acme.na.teamtailor.com"),
]  # fmt: skip

UNKNOWN = [
    "",
    "not an address",
    "https://example.com/careers",
    "https://stripe.com/jobs?gh_jid=123",  # greenhouse, but no token
    "https://boards.greenhouse.io/",
    "https://boards.greenhouse.io/embed/job_board",
    "https://www.greenhouse.io/customers",
    "https://boards.greenhouse.io.evil.com/stripe",
    "https://evilboards.greenhouse.io.example/stripe",
    "https://boards.greenhouse.io@evil.com/stripe",
    "https://user:secret@boards.greenhouse.io/stripe",
    "https://evil.com/boards.greenhouse.io/stripe",
    "https://evil.com/?u=https://jobs.lever.co/stripe",
    "https://boards.greenhouse.io\\@evil.com/stripe",
    "https://boards.greenhouse.io:8080/stripe",
    "https://boards.greenhouse.io/../admin",
    "https://boards.greenhouse.io/%2e%2e",
    "https://boards.greenhouse.io/a%00b",
    "https://bоards.greenhouse.io/stripe",  # a Cyrillic o
    "ftp://jobs.lever.co/matchgroup",
    "javascript://jobs.lever.co/matchgroup",
    "file:///jobs.lever.co/matchgroup",
    "https://jobs.lever.co",
    "https://notlever.co/x",
    "https://xjobs.lever.co/x",
    "https://jobs.ashbyhq.com/",
    "https://jobs.ashbyhq.com/api/non-user-graphql?op=ApiJobBoardWithTeams",
    "https://www.smartrecruiters.com/",
    "https://api.smartrecruiters.com/v1/companies",
    "https://apply.workable.com/j/0897A038EC",  # names no company
    "https://www.workable.com/pricing",
    "https://jobs.workable.com/view/abc",
    "https://www.recruitee.com/",
    "https://a.b.recruitee.com/",
    "https://recruitee.com",
    "https://personio.de",
    "https://www.personio.com/pricing",
    "https://nvidia.wd5.myworkdayjobs.com/",
    "https://nvidia.wd5.myworkdayjobs.com/wday/authgwy/nvidia/login",
    "https://nvidia.wd5.myworkdayjobs.com.evil.com/Site",
    "https://www.myworkday.com/nvidia/d/home.htmld",
    "https://www.teamtailor.com/pricing",
    "https://[::1/jobs",
    "https://" + "a" * 3000,
]


@pytest.mark.parametrize(("url", "name", "token"), KNOWN, ids=[url for url, _, _ in KNOWN])
def test_a_careers_address_names_its_board(url: str, name: str, token: str) -> None:
    found = recognise(url)

    assert found is not None
    assert (found[0].name, found[1]) == (name, token)


@pytest.mark.parametrize("url", UNKNOWN)
def test_other_addresses_and_look_alikes_are_not_recognised(url: str) -> None:
    assert recognise(url) is None


@pytest.mark.parametrize(("url", "name", "token"), KNOWN, ids=[url for url, _, _ in KNOWN])
def test_the_token_leads_back_to_the_same_board(url: str, name: str, token: str) -> None:
    board = source(name)

    assert recognise(board.board_url(token)) == (board, token) or token == "jobs.channable.com"
    assert recognise(board.first_request(token).url) == (board, token)


def test_a_person_is_told_which_sources_exist() -> None:
    text = not_recognised("https://example.com/careers")

    assert "example.com" in text
    assert all(known.label in text for known in SOURCES)


def test_an_unknown_source_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(UnknownSource, match="greenhouse"):
        source("monster")

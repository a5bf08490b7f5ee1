"""Samples of the boards of applicant tracking systems, beside the first nine in examples.py."""

from __future__ import annotations

from tests.unit.sources.example import Example

BOARD_EXAMPLES = (
    Example(
        "bamboohr",
        "bamboohr.json",
        "https://larkspur.bamboohr.com/careers/list",
        3,
        keys=("id", "jobOpeningName"),
    ),
    Example(
        "bamboohr",
        "bamboohr.embed.html",
        "https://larkspur.bamboohr.com/jobs/embed2.php",
        2,
        empty="bamboohr.empty.html",
    ),
    Example("breezy", "breezy.json", "https://larkspur.breezy.hr/json?verbose=true", 2, keys=("id", "name")),
    Example(
        "rippling",
        "rippling.json",
        "https://api.rippling.com/platform/api/ats/v1/board/larkspur/jobs",
        2,
        keys=("uuid", "name"),
    ),
    Example(
        "rippling",
        "rippling.v2.json",
        "https://ats.rippling.com/api/v2/board/larkspur/jobs?page=0&pageSize=1000",
        2,
        keys=("id", "name"),
    ),
    Example("pinpoint", "pinpoint.json", "https://larkspur.pinpointhq.com/postings.json", 2),
    Example(
        "oracle",
        "oracle.json",
        "https://abcd.fa.em2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitions"
        "?onlyData=true&expand=requisitionList.secondaryLocations"
        "&finder=findReqs;siteNumber=CX_1001,limit=25,offset=0",
        2,
        path=("items", 0, "requisitionList"),
        keys=("Id", "Title"),
    ),
    Example(
        "eightfold",
        "eightfold.json",
        "https://larkspur.eightfold.ai/api/apply/v2/jobs?domain=larkspur.example&start=0&num=10",
        2,
        keys=("id", "name"),
    ),
    Example(
        "eightfold",
        "eightfold.pcsx.json",
        "https://jobs.larkspur.example/api/pcsx/search?domain=larkspur.example&query=&start=0",
        2,
        path=("data", "positions"),
        keys=("id", "name"),
    ),
    Example(
        "adp",
        "adp.json",
        "https://workforcenow.adp.com/mascsr/default/careercenter/public/events/staffing/v1/job-requisitions"
        "?cid=fc87c3e5-0000-4857-9e3a-28a4049196cb&ccId=9203358411273_3&$top=100&$skip=0",
        2,
        keys=("itemID", "requisitionTitle"),
    ),
    Example(
        "amazon",
        "amazon.json",
        "https://www.amazon.jobs/en/search.json?base_query=gardener&offset=0&result_limit=100",
        2,
        keys=("id_icims", "title"),
    ),
    Example(
        "icims",
        "icims.html",
        "https://careers-larkspur.icims.com/jobs/search?ss=1&in_iframe=1&pr=0",
        2,
        empty="icims.empty.html",
    ),
    Example(
        "icims",
        "icims.jibe.json",
        "https://careers.larkspur.example/api/jobs?page=1&limit=100",
        2,
        inside="data",
        keys=("slug", "title"),
    ),
    Example(
        "jobvite",
        "jobvite.html",
        "https://jobs.jobvite.com/larkspur/jobs/viewall",
        3,
        empty="jobvite.empty.html",
    ),
    Example(
        "jobylon",
        "jobylon.html",
        "https://cdn.jobylon.com/jobs/companies/1955/embed/v2/?page_size=1000",
        2,
        empty="jobylon.empty.html",
    ),
    Example(
        "comeet",
        "comeet.json",
        "https://www.comeet.co/careers-api/2.0/company/F6.00A/positions"
        "?token=6F329B2DE6379829B229B2037983E8B3E8B&details=true",
        2,
        keys=("uid", "name"),
    ),
    Example(
        "comeet", "comeet.html", "https://www.comeet.com/jobs/larkspur/F6.00A", 2, empty="comeet.empty.html"
    ),
    Example("jazzhr", "jazzhr.xml", "https://app.jazz.co/feeds/export/jobs/larkspur", 2),
    Example(
        "jazzhr", "jazzhr.html", "https://larkspur.applytojob.com/apply/jobs", 2, empty="jazzhr.empty.html"
    ),
    Example(
        "phenom",
        "phenom.json",
        "https://careers.larkspur.example/widgets",
        2,
        "POST",
        b'{"ddoKey":"refineSearch","from":0,"size":100}',
        path=("refineSearch", "data", "jobs"),
        keys=("jobSeqNo", "title"),
        own_host=True,
    ),
    Example(
        "phenom",
        "phenom.api.json",
        "https://content-us.phenompeople.com/api/LARKUS/searchJobs?from=0&size=10",
        2,
        path=("searchJobs", "data", "jobs"),
        keys=("jobSeqNo", "title", "detailUrl"),
    ),
    Example(
        "successfactors",
        "successfactors.html",
        "https://larkspur.jobs2web.com/search/?q=&startrow=0",
        2,
        empty="successfactors.empty.html",
    ),
    Example(
        "successfactors",
        "successfactors.tiles.html",
        "https://jobs.larkspur.example/search/?q=&startrow=0",
        2,
        empty="successfactors.empty.html",
        own_host=True,
    ),
    Example("successfactors", "successfactors.rss", "https://jobs.larkspur.example/sitemal.xml", 2),
    Example(
        "successfactors",
        "successfactors.old.xml",
        "https://career5.successfactors.eu/career?company=larkspurP&career_ns=job_listing_summary&resultType=XML",
        2,
    ),
)

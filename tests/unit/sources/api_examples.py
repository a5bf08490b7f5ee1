"""Samples of the job APIs and of the general feeds, beside the first nine in examples.py."""

from __future__ import annotations

from tests.unit.sources.example import Example

_TORRE = b'{"and":[{"status":{"code":"open"}}]}'
_NFJ = "https://nofluffjobs.com/api/search/posting?criteria=city%3Dszczecin&pageFrom=1&pageTo=1&pageSize=100"
_HH = "https://api.hh.ru/vacancies?employer_id=4242&page=0&per_page=100"
_FT = "https://api.francetravail.io/partenaire/offresdemploi/v2/offres/search?motsCles=potier&range=0-149"
_ADZUNA = "https://api.adzuna.com/v1/api/jobs/gb/search/1?what=potter&results_per_page=50&sort_by=date"

API_EXAMPLES = (
    Example("hh", "hh.json", _HH, 2, keys=("id", "name")),
    Example("france_travail", "france_travail.json", _FT, 2, keys=("id", "intitule"), fine=(204, 206)),
    Example("adzuna", "adzuna.json", _ADZUNA, 2),
    Example(
        "jsearch",
        "jsearch.json",
        "https://jsearch.p.rapidapi.com/search?country=fr&query=potier&page=1&num_pages=1",
        2,
        keys=("job_id", "job_title"),
        partial=True,
    ),
    Example(
        "usajobs",
        "usajobs.json",
        "https://data.usajobs.gov/api/Search?Keyword=pots&ResultsPerPage=500&Page=1",
        2,
        path=("SearchResult", "SearchResultItems"),
        keys=("MatchedObjectId", "MatchedObjectDescriptor.PositionTitle"),
    ),
    Example(
        "themuse",
        "themuse.json",
        "https://www.themuse.com/api/public/jobs?company=Larkspur&page=1",
        2,
        keys=("id", "name"),
    ),
    Example("remotive", "remotive.json", "https://remotive.com/api/remote-jobs", 2, partial=True),
    Example(
        "arbeitnow",
        "arbeitnow.json",
        "https://www.arbeitnow.com/api/job-board-api",
        2,
        keys=("slug", "title"),
    ),
    Example(
        "remoteok", "remoteok.json", "https://remoteok.com/api", 2, keys=("id", "position"), partial=True
    ),
    Example(
        "himalayas",
        "himalayas.json",
        "https://himalayas.app/jobs/api?limit=20&offset=0",
        2,
        keys=("guid", "title"),
    ),
    Example(
        "jobicy",
        "jobicy.json",
        "https://jobicy.com/api/v2/remote-jobs?tag=clay&count=50",
        2,
        path=("jobs",),
        keys=("id", "jobTitle"),
        partial=True,
    ),
    Example(
        "torre",
        "torre.json",
        "https://search.torre.co/opportunities/_search?size=50",
        2,
        "POST",
        _TORRE,
        keys=("id", "objective"),
    ),
    Example("nofluffjobs", "nofluffjobs.json", _NFJ, 2, "POST", b'{"rawSearch":"city=szczecin"}'),
    Example(
        "justjoinit",
        "justjoinit.json",
        "https://api.justjoin.it/v2/user-panel/offers/by-cursor?city=Szczecin&from=0&itemsCount=100",
        2,
        keys=("guid", "title"),
    ),
    Example(
        "hn",
        "hn.json",
        "https://hn.algolia.com/api/v1/search_by_date?tags=comment,story_47000000&hitsPerPage=1000&page=0",
        3,
        keys=("objectID", "comment_text"),
        untitled=True,
    ),
    Example("rss", "rss.rss", "https://weworkremotely.com/remote-jobs.rss", 2),
    Example("rss", "rss.crypto.rss", "https://crypto.jobs/feed/rss", 1),
    Example(
        "json_feed",
        "json_feed.json",
        "https://jobs.larkspur.example/feed.json",
        2,
        keys=("id", "title", "url"),
        partial=True,
    ),
    Example("json_ld", "json_ld.xml", "https://larkspur.example/sitemap.xml", 3),
    Example("xml_feed", "xml_feed.xml", "https://jobs.larkspur.example/feed.xml", 2),
)

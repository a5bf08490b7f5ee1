import json

import pytest

from backend.domain.exchange import Request, SourceUnavailable
from backend.fetch import Fetcher, Limits, ReplayMissing
from backend.fetch.replay import Recordings, ReplayAdapter

LIMITS = Limits(connect=1, read=1, whole=5, body=10**8)


@pytest.fixture
def folder(tmp_path):
    """Makes a folder of recordings: file name -> request."""

    def make(**requests):
        lines = ["file\tsource\trequest\tnote"]
        for name, request in requests.items():
            name = name.replace("_", ".")
            (tmp_path / name).write_text(f"recorded as {name}")
            lines.append(f'{name}\tx\t{request}\ta "note')
        (tmp_path / "INDEX.tsv").write_text("\n".join(lines) + "\n")
        return tmp_path

    return make


def asking(folder):
    fetcher = Fetcher(ReplayAdapter(folder), None, LIMITS, "tests")

    def ask(url, method="GET", body=None):
        return fetcher.fetch(Request(url, method, body=body)).text().removeprefix("recorded as ")

    return ask


def test_the_recording_with_the_most_of_the_query_wins(folder):
    ask = asking(
        folder(
            bare_json="GET https://a.example/jobs",
            one_json="GET https://a.example/jobs?content=true",
            two_json="GET https://a.example/jobs?page=1&content=true",
        )
    )
    assert ask("https://a.example/jobs") == "bare.json"
    assert ask("https://a.example/jobs?content=false") == "bare.json"
    assert ask("https://a.example/jobs?content=true&lang=de") == "one.json"
    assert ask("https://a.example/jobs?content=true&page=1") == "two.json"


def test_of_equal_recordings_the_first_wins(folder):
    ask = asking(folder(b_json="GET https://a.example/", a_json="GET https://a.example/"))
    assert {ask("https://a.example/") for _ in range(3)} == {"b.json"}


def test_a_recording_with_a_query_does_not_answer_another_page(folder):
    ask = asking(folder(first_json="GET https://a.example/jobs?offset=0"))
    with pytest.raises(ReplayMissing, match=r"not recorded in .*: GET https://a\.example/jobs\?offset=100"):
        ask("https://a.example/jobs?offset=100")


def test_a_body_is_compared_as_json_and_wins_over_a_recording_without_one(folder):
    ask = asking(
        folder(
            any_json="POST https://a.example/search?x=1",
            page_json='POST https://a.example/search {"limit":20,"offset":0}',
        )
    )
    assert ask("https://a.example/search?x=1", "POST", b'{"offset": 0, "limit": 20}') == "page.json"
    assert ask("https://a.example/search?x=1", "POST", b'{"offset": 20, "limit": 20}') == "any.json"
    with pytest.raises(ReplayMissing, match=r'search \{"offset": 40\}'):
        ask("https://a.example/search", "POST", b'{"offset": 40}')
    with pytest.raises(ReplayMissing):
        ask("https://a.example/search?x=1")


def test_host_case_spaces_and_a_left_out_scheme_do_not_matter(folder):
    ask = asking(
        folder(
            quoted_json="GET https://a.example/Forward%20Financing?x",
            spaced_json="GET https://a.example/Back Market?x",
            bare_json="GET b.example/jobs",
        )
    )
    assert ask("https://A.Example/Forward%20Financing?x") == "quoted.json"
    assert ask("https://a.example/Back%20Market?x=") == "spaced.json"
    assert ask("http://b.example/jobs") == "bare.json"
    with pytest.raises(ReplayMissing):
        ask("https://a.example/forward%20financing?x")


def test_lines_without_a_full_url_are_skipped(folder):
    recordings = Recordings(
        folder(
            a_json="GET https://<host>/jobs",
            b_json="GET https://a.example/<id>",
            c_json="GET embedded list of b.example",
            d_json="An XML file, 2012",
            e_json="",
            f_json="GET https://[::1/",
        )
    )
    for url in ("https://host/jobs", "https://a.example/<id>", "https://embedded list of b.example"):
        with pytest.raises(ReplayMissing):
            recordings.find("GET", url, None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a_json", "application/json"),
        ("a_xml", "application/xml"),
        ("a_html", "text/html; charset=utf-8"),
        ("a_bin", "application/octet-stream"),
    ],
)
def test_an_answer_is_200_with_the_type_of_its_file_and_no_other_header(folder, name, kind):
    fetcher = Fetcher(ReplayAdapter(folder(**{name: "GET https://a.example/"})), None, LIMITS, "tests")
    asked = Request("https://a.example/", headers={"If-None-Match": '"1"'})
    answer = fetcher.fetch(asked)
    assert (answer.status, answer.headers, answer.request) == (200, {"content-type": kind}, asked)
    assert answer.url == "https://a.example/"
    assert fetcher.fetch(asked) == answer


def test_a_recording_whose_file_is_gone_is_named(folder):
    place = folder(a_json="GET https://a.example/")
    ask = asking(place)
    (place / "a.json").unlink()
    with pytest.raises(ReplayMissing, match=r"a\.json: named in INDEX\.tsv, but cannot be read"):
        ask("https://a.example/")


def test_a_folder_without_an_index_is_a_wrong_setting(tmp_path):
    with pytest.raises(ValueError, match=r"HTTP_REPLAY: .* holds no INDEX\.tsv"):
        ReplayAdapter(tmp_path)
    (tmp_path / "INDEX.tsv").write_text("name\turl\nx\ty\n")
    with pytest.raises(ValueError, match="lacks the columns file and request"):
        ReplayAdapter(tmp_path)


def test_what_is_not_recorded_counts_as_unavailable():
    assert issubclass(ReplayMissing, SourceUnavailable)


def test_the_recorded_answers_beside_the_checkout_are_found(shared):
    ask = Fetcher(ReplayAdapter(shared / "boards"), None, LIMITS, "tests").fetch
    stripe = ask(Request("https://boards-api.greenhouse.io/v1/boards/stripe/jobs?content=true"))
    assert len(stripe.json()["jobs"]) == 547
    forward = "https://api.ashbyhq.com/posting-api/job-board/Forward%20Financing?includeCompensation=true"
    assert ask(Request(forward)).json()["jobs"]
    page = {"limit": 20, "offset": 0, "searchText": "", "appliedFacets": {}}
    nvidia = "https://nvidia.wd5.myworkdayjobs.com/wday/cxs/nvidia/NVIDIAExternalCareerSite/jobs"
    assert len(ask(Request(nvidia, "POST", body=json.dumps(page).encode())).json()["jobPostings"]) == 10
    with pytest.raises(ReplayMissing):
        ask(Request(nvidia, "POST", body=json.dumps(page | {"offset": 20}).encode()))

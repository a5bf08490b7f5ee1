import pytest

from backend.domain.exchange import Request
from backend.fetch.redirects import redirected

URL = "https://one.example/a/b?c"


def follow(location, status=302, request=Request(URL)):  # noqa: B008
    return redirected(request, URL, status, {"location": location})


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/jobs", "https://one.example/jobs"),
        ("jobs?x=1", "https://one.example/a/jobs?x=1"),
        ("//two.example/", "https://two.example/"),
        ("https://two.example/x y", "https://two.example/x%20y"),
        ("https://two.example/x%20y#part", "https://two.example/x%20y"),
        ("/stra\u00c3\u009fe", "https://one.example/stra%C3%9Fe"),
        (" /jobs ", "https://one.example/jobs"),
    ],
)
def test_a_location_is_read_against_the_url_that_answered(location, url):
    assert follow(location).url == url


@pytest.mark.parametrize("status", [200, 300, 304, 404, 503])
def test_only_redirect_statuses_redirect(status):
    assert follow("/jobs", status) is None


def test_a_redirect_without_a_location_is_an_answer():
    assert redirected(Request(URL), URL, 302, {}) is None


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
def test_a_post_becomes_a_get_except_where_the_status_says_to_repeat_it(status, method):
    asked = Request(URL, "POST", {"Content-Type": "application/json"}, b"{}", {"page": 2})
    following = follow("/jobs", status, asked)
    assert following.method == method
    assert (following.body is None) == ("Content-Type" not in following.headers) == (method == "GET")
    assert following.memo == {"page": 2}


def test_a_key_in_a_header_stays_with_its_host():
    asked = Request(URL, headers={"Authorization": "key", "X-Key": "key", "If-None-Match": '"1"'})
    assert follow("/jobs", request=asked).headers == asked.headers
    assert follow("https://two.example/", request=asked).headers == {"If-None-Match": '"1"'}
    assert follow("http://one.example/", request=asked).headers == {"If-None-Match": '"1"'}

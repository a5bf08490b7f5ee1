"""SIMULATOR_URL: every request goes to the simulator, the original URL in its path."""

import pytest

from backend.domain.exchange import Request, SourceUnavailable
from backend.fetch import AddressRefused, build_fetcher
from backend.settings import Settings
from tests.unit.fetch.servers import serve, text

BOARD = "https://api.lever.co/v0/postings/acme"


@pytest.fixture
def simulator():
    with serve() as site:
        yield site


@pytest.fixture
def make(simulator, redis_server):
    def make(path="", **settings):
        address = simulator.address + path
        return build_fetcher(
            Settings(_env_file=None, app_env="testing", simulator_url=address, host_pace=0, **settings),
            redis_server,
        )

    return make


def test_the_original_url_is_the_path_and_its_escapes_stay(simulator, make):
    simulator.answers[f"/{BOARD}/Forward%20Financing%2F"] = text("[]", headers={"ETag": '"1"'})
    url = f"{BOARD}/Forward%20Financing%2F?mode=json&q=a%26b"
    answer = make().fetch(Request(url, headers={"If-None-Match": '"0"'}))
    assert (answer.status, answer.url, answer.request.url) == (200, url, url)
    assert simulator.seen[0].target == f"/{url}"
    assert simulator.seen[0].headers["if-none-match"] == '"0"'


def test_the_simulator_may_lie_under_a_path(simulator, make):
    simulator.answers[f"/sites/{BOARD}"] = text("[]")
    for path in ("/sites", "/sites/"):
        assert make(path).fetch(Request(BOARD)).status == 200


def test_a_body_is_sent_along(simulator, make):
    simulator.answers[f"/{BOARD}"] = text("[]")
    make().fetch(Request(BOARD, "POST", body=b'{"offset":0}'))
    assert (simulator.seen[0].method, simulator.seen[0].body) == ("POST", b'{"offset":0}')


def test_all_hosts_share_the_connections_to_the_simulator(simulator, make):
    fetcher = make()
    for number in range(20):
        simulator.answers[f"/https://{number}.example/"] = text("[]")
        assert fetcher.fetch(Request(f"https://{number}.example/")).status == 200
    assert len({seen.client for seen in simulator.seen}) == 1


def test_a_redirect_names_an_original_url_and_goes_to_the_simulator_again(simulator, make):
    simulator.answers |= {
        f"/{BOARD}": text("", 301, {"Location": "/v0/postings/acme-inc?mode=json"}),
        f"/{BOARD}-inc": text("", 302, {"Location": "https://new.example/jobs"}),
        "/https://new.example/jobs": text("here"),
    }
    answer = make().fetch(Request(BOARD))
    assert (answer.body, answer.url) == (b"here", "https://new.example/jobs")
    assert [seen.target for seen in simulator.seen] == [
        f"/{BOARD}",
        f"/{BOARD}-inc?mode=json",
        "/https://new.example/jobs",
    ]


@pytest.mark.parametrize(
    "location", ["http://10.0.0.1/", "http://127.0.0.1/", "http://[::1]/", "//localhost/"]
)
def test_a_redirect_to_a_private_address_is_refused_here_too(simulator, make, location):
    simulator.answers[f"/{BOARD}"] = text("", 302, {"Location": location})
    with pytest.raises(AddressRefused):
        make().fetch(Request(BOARD))


def test_the_simulator_itself_may_not_be_asked_for_as_a_board(simulator, make):
    with pytest.raises(AddressRefused):
        make().fetch(Request(simulator.address))
    assert not simulator.seen


def test_a_pause_concerns_the_original_host_only(simulator, make):
    fetcher = make()
    simulator.answers |= {
        "/https://a.example/": text("", 429, {"Retry-After": "60"}),
        "/https://b.example/": text("here"),
    }
    assert fetcher.fetch(Request("https://a.example/")).status == 429
    with pytest.raises(SourceUnavailable, match=r"a\.example asked for a pause"):
        fetcher.fetch(Request("https://a.example/other"))
    assert fetcher.fetch(Request("https://b.example/")).body == b"here"


def test_a_simulator_that_does_not_run_is_unavailable(redis_server):
    with serve() as site:
        pass
    settings = Settings(_env_file=None, app_env="testing", simulator_url=site.address, host_pace=0)
    with pytest.raises(SourceUnavailable, match=r"^https://api\.lever\.co/.*no connection to"):
        build_fetcher(settings, redis_server).fetch(Request(BOARD))


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "ftp://127.0.0.1/", "http://"])
def test_a_simulator_url_that_is_none_is_a_wrong_setting(redis_server, address):
    with pytest.raises(ValueError, match="SIMULATOR_URL"):
        build_fetcher(Settings(_env_file=None, app_env="testing", simulator_url=address), redis_server)


def test_replay_and_simulator_at_once_are_a_wrong_setting(redis_server, tmp_path):
    settings = Settings(
        _env_file=None, app_env="testing", simulator_url="http://127.0.0.1:1", http_replay=str(tmp_path)
    )
    with pytest.raises(ValueError, match="HTTP_REPLAY and SIMULATOR_URL are both set"):
        build_fetcher(settings, redis_server)

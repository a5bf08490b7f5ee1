import gzip
import io
import random
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPResponse

from backend.fetch.body import BEGINNING, BodyRefused, Gunzip, Inflate, read_body, spool_body

TEXT = b"Senior engineer, Berlin. " * 400


def bare_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def read(data, encoding="", limit=10**6, **headers):
    headers = {**headers, "Content-Encoding": encoding} if encoding else headers
    return read_body(HTTPResponse(io.BytesIO(data), headers=headers, preload_content=False), limit)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("utf-8", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("X-GZip", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", bare_deflate(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 700),
    ],
)
def test_a_packed_body_is_unpacked(encoding, packed):
    assert read(packed, encoding) == TEXT


@given(
    st.binary(max_size=300),
    st.lists(st.integers(1, 40), min_size=1),
    st.integers(1, 3),
    st.binary(max_size=3),
)
def test_gzip_unpacks_however_it_is_cut_into_pieces(data, sizes, members, after):
    packed = gzip.compress(data) * members + (b"\0" + after if after else b"")
    unpacker, unpacked, position = Gunzip(), b"", 0
    while position < len(packed):
        size = sizes[position % len(sizes)]
        unpacked += unpacker.feed(packed[position : position + size], 10**6)
        position += size
    unpacker.finish()
    assert unpacked == data * members


@pytest.mark.parametrize("packed", [zlib.compress(TEXT), bare_deflate(TEXT)])
def test_deflate_unpacks_byte_by_byte(packed):
    unpacker = Inflate()
    unpacked = b"".join(unpacker.feed(bytes([byte]), 10**6) for byte in packed)
    unpacker.finish()
    assert unpacked == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, deflate"])
def test_an_empty_body_is_empty_however_it_is_packed(encoding):
    assert read(b"", encoding) == b""


@pytest.mark.parametrize(
    ("encoding", "body", "message"),
    [
        ("gzip", TEXT, "not gzip"),
        ("deflate", TEXT, "not deflate"),
        ("deflate", b"x", "breaks off"),
        ("gzip", gzip.compress(TEXT)[:-9], "breaks off"),
        ("gzip", gzip.compress(TEXT)[:-1], "breaks off"),
        ("gzip", gzip.compress(TEXT)[:-8] + bytes(8), "not gzip"),
        ("gzip", gzip.compress(TEXT) + gzip.compress(TEXT)[:-20], "breaks off"),
        ("deflate", zlib.compress(TEXT)[:-3], "breaks off"),
        ("br", b"\x0b\x02\x80", "packed as br"),
        ("zstd", b"", "packed as zstd"),
        ("gzip, gzip, gzip", b"", "packed 3 times"),
    ],
)
def test_a_body_that_cannot_be_unpacked_whole_is_refused(encoding, body, message):
    with pytest.raises(BodyRefused, match=message):
        read(body, encoding)


def test_a_body_of_just_the_limit_is_read_and_one_byte_more_is_not():
    for encoding, pack in (("", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress)):
        assert read(pack(b"x" * 2**20), encoding, limit=2**20) == b"x" * 2**20
        with pytest.raises(BodyRefused, match=r"larger than 1 MB \(MAX_BODY_MB\)"):
            read(pack(b"x" * (2**20 + 1)), encoding, limit=2**20)


def test_a_body_announced_as_too_large_is_not_read():
    raw = HTTPResponse(io.BytesIO(b"x" * 100), headers={"Content-Length": "100"}, preload_content=False)
    with pytest.raises(BodyRefused):
        read_body(raw, 99)
    assert raw.tell() == 0


@pytest.mark.parametrize("times", [1, 2])
def test_a_bomb_takes_no_more_memory_than_the_limit_allows(times):
    bomb = b"\0" * 2**26
    for _ in range(times):
        bomb = gzip.compress(bomb)
    tracemalloc.start()
    with pytest.raises(BodyRefused):
        read(bomb, ", ".join(["gzip"] * times), limit=2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * 2**20


def test_random_bytes_never_pass_as_gzip():
    noise = random.Random(4)
    for _ in range(200):
        with pytest.raises(BodyRefused):
            read(noise.randbytes(noise.randrange(1, 200)), "gzip")


class TestBodiesThatMayBeLong:
    def spool(self, data, encoding="", short=1000, limit=2**31):
        headers = {"Content-Encoding": encoding} if encoding else {}
        raw = HTTPResponse(io.BytesIO(data), headers=headers, preload_content=False)
        file, told = io.BytesIO(), []
        body = spool_body(raw, file, short, limit, on_long=lambda: told.append(file.tell()))
        return body, file.getvalue(), told

    @pytest.mark.parametrize(("encoding", "packed"), [("", TEXT), ("gzip", gzip.compress(TEXT))])
    def test_a_short_one_stays_in_memory(self, encoding, packed):
        assert self.spool(packed, encoding, short=len(TEXT)) == (TEXT, b"", [])

    @pytest.mark.parametrize("encoding", ["", "gzip"])
    def test_a_long_one_goes_into_the_file_and_its_beginning_is_told(self, encoding):
        body = TEXT * 20
        packed = gzip.compress(body) if encoding else body
        assert self.spool(packed, encoding, short=BEGINNING) == (body[:BEGINNING], body, [0])

    def test_a_long_one_that_breaks_off_is_refused(self):
        with pytest.raises(BodyRefused, match="breaks off"):
            self.spool(gzip.compress(TEXT)[:-9], "gzip")

    def test_its_limit_is_a_setting_of_its_own(self):
        with pytest.raises(BodyRefused, match=r"larger than 2 MB \(MAX_FEED_MB\)"):
            self.spool(b"x" * (2**21 + 1), limit=2**21)

    def test_a_bomb_never_lies_in_memory(self):
        bomb = gzip.compress(gzip.compress(b" " * 200_000_000))
        tracemalloc.start()
        with pytest.raises(BodyRefused, match="larger than"):
            self.spool(bomb, "gzip, gzip")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 100_000_000

    def test_a_full_disk_is_told_in_words(self):
        class Full(io.BytesIO):
            def write(self, _data):
                raise OSError(28, "No space left on device")

        raw = HTTPResponse(io.BytesIO(TEXT), preload_content=False)
        with pytest.raises(BodyRefused, match=r"VAR_DIR \(No space left on device\)"):
            spool_body(raw, Full(), 1000, 10**6, on_long=lambda: None)

"""A simulator of careers sites: made-up companies that speak the real formats over real HTTP.

Run it with `python -m tests.career_sites --port 9000`; `SIMULATOR_URL=http://127.0.0.1:9000` sends the
fetch layer's requests here, with the original URL as the path. See README.md beside this file.
"""

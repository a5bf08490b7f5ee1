"""`python -m tests.career_sites`: runs the simulator until it is told to end."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import datetime
from pathlib import Path

from tests.career_sites.simulator import Plan, Simulator
from tests.career_sites.world import SOURCES


def main() -> int:
    options = _parser().parse_args()
    sources = tuple(options.sources.split(","))
    unknown = set(sources) - set(SOURCES)
    if unknown:
        print(
            f"--sources: no such source: {', '.join(sorted(unknown))}; there are {', '.join(SOURCES)}",
            file=sys.stderr,
        )
        return 2
    simulator = Simulator(_plan(options, sources))
    if options.catalogue:
        simulator.write_catalogue(options.catalogue)
        if options.port is None:
            return 0
    if options.warm:
        simulator.sites.warm()
    try:
        asyncio.run(_serve(simulator))
    except OSError as error:
        print(
            f"cannot listen on port {options.port}: {error.strerror}; choose another --port", file=sys.stderr
        )
        return 1
    return 0


def _plan(options: argparse.Namespace, sources: tuple[str, ...]) -> Plan:
    return Plan(
        companies=options.companies,
        listings=options.listings,
        spread=options.spread,
        events_per_minute=options.events_per_minute,
        seed=options.seed,
        sources=sources,
        etag_share=options.etag_share,
        delay_ms=options.delay_ms,
        epoch=options.epoch,
        state=options.state,
        host=options.host,
        port=options.port or 0,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.career_sites", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, help="0 takes a free one; without it, --catalogue writes its file and ends")
    add("--host", default="127.0.0.1")
    add("--companies", type=int, default=48, help="one board each")
    add("--listings", type=float, default=30, help="mean per board at the start")
    add("--spread", type=float, default=0.35, help="how unequal the boards are; 0: all have the mean")
    add("--events-per-minute", type=float, default=30, help="over all boards; 0 stands still")
    add("--seed", type=int, default=1)
    add("--sources", default=",".join(SOURCES))
    add("--etag-share", type=float, default=0.5, help="share of the boards that send and honour ETag")
    add("--delay-ms", type=float, default=0, help="before each answer")
    add(
        "--catalogue",
        type=Path,
        metavar="FILE",
        help="write a TSV of all boards, for `jobtracker boards import`",
    )
    add("--state", type=Path, metavar="FILE", help="keeps the start and the changes by hand over a restart")
    add(
        "--epoch",
        type=datetime.fromisoformat,
        metavar="ISO",
        help="the start of the world; now, if not given",
    )
    add("--warm", action="store_true", help="make all answers before listening")
    return parser


async def _serve(simulator: Simulator) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await simulator.server.start()
    listings = sum(simulator.world.opening_count(board.company) for board in simulator.world)
    print(f"{simulator.url}: {len(simulator.world.boards)} careers sites, {listings} listings", flush=True)
    await stop.wait()
    await simulator.server.stop()


if __name__ == "__main__":
    sys.exit(main())

"""NDCG@10 of our search by relevance beside SQLite FTS5 and TF-IDF, on real listings judged blind."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from tests.benchmarks import listings_real
from tests.benchmarks.relevance_collection import DEPTH, Asked, collection, grades, queries
from tests.benchmarks.table import Table

OTHERS = ("SQLite FTS5 bm25", "SQLite FTS5 bm25 (stemmed)", "TF-IDF cosine")


def ndcg() -> Table:
    table = Table(f"Relevance: NDCG@{DEPTH} on judged real listings")
    if not listings_real.are_here():
        table.row(listings_real.ABSENT, "")
        return table
    judged, asked = grades(), queries()
    with tempfile.TemporaryDirectory() as name, collection(Path(name)) as listings:
        found = {
            engine: {one.name: listings.found(engine, one) for one in asked} for engine in listings.engines
        }
    scores = {
        engine: {one.name: score(one, found[engine][one.name], judged) for one in asked} for engine in found
    }
    for one in asked:
        table.row(one.text[:58], f"{scores['ours'][one.name]:.3f}", worst_against(one, scores))
    unjudged = {
        (one.name, key) for each in found.values() for one in asked for key in each[one.name]
    } - judged.keys()
    for name, key in sorted(unjudged):
        table.row(f"not judged: {name} {key}", "")
    table.row("queries, judgements", f"{len(asked)}, {len(judged)}", f"{len(unjudged)} found and not judged")
    means = {engine: mean(scores[engine].values()) for engine in scores}
    for engine, value in means.items():
        table.row(f"NDCG@{DEPTH}, {engine}", f"{value:.4f}")
    for engine in OTHERS:
        table.check(f"NDCG@{DEPTH}, {engine} / ours", means[engine] / means["ours"], 1)
    return table


def worst_against(asked: Asked, scores: dict[str, dict[str, float]]) -> str:
    """The others where they are better than we are."""
    ours = scores["ours"][asked.name]
    better = [
        (scores[other][asked.name], other) for other in OTHERS if scores[other][asked.name] > ours + 0.005
    ]
    return ", ".join(f"{value:.3f} {other}" for value, other in sorted(better, reverse=True))


def score(asked: Asked, keys: Sequence[str], judged: dict[tuple[str, str], int]) -> float:
    """NDCG: gain 2^grade - 1, discounted by the logarithm of the rank, over the best that was pooled."""
    ideal = sorted((grade for (name, _), grade in judged.items() if name == asked.name), reverse=True)
    gained = dcg([judged.get((asked.name, key), 0) for key in keys])
    return gained / dcg(ideal) if dcg(ideal) else 0.0


def dcg(of: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(of[:DEPTH], 1))

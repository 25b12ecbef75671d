"""The postings of a library, packed for the browser: exact, small, and in shards that are loaded on demand.

A weight is not stored but made again: a page holds a token so often in this and so often in that field, and the
length of each field is known. There are few such combinations of fields and numbers (a few thousand in a library
of thousands of pages), so one number names each; the browser gets the same weight, to the last bit, as the
server, for less than a rounded weight would cost.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.search.code_table import CodeTable
from kb.search.dictionary import Dictionary
from kb.search.documents import ALONE, FIELDS, TOLD_BESIDE, boost_of, mean_lengths, weights_of
from kb.search.offline_numbers import packed, packed_steps
from kb.search.offline_words import utf16
from kb.search.postings import K1, LEVELS

SHARD = 24_000
"""Postings in a shard, about 50 kB: small enough to be read in a millisecond, large enough to be few."""

Combination = tuple[tuple[int, int], ...]
"""Fields, by number, and how often a token stands in each."""


@dataclass(frozen=True, slots=True)
class PackedPostings:
    """Packed postings.

    Args:
        numbers: What must be known before any shard is read.
        shards: The shards, in the order of their tokens.
    """

    numbers: dict[str, object]
    shards: tuple[list[str], ...]


def packed_postings(
    fields: Sequence[Mapping[str, str]], dictionary: Dictionary, codes: CodeTable
) -> PackedPostings:
    """Return the postings of documents, given as their fields in the order of their numbers."""
    means = mean_lengths(fields)
    postings: defaultdict[str, list[tuple[int, Combination]]] = defaultdict(list)
    used: Counter[Combination] = Counter()
    for number, texts in enumerate(fields):
        for token, combination in _combinations(texts, means, dictionary, codes).items():
            postings[token].append((number, combination))
            used[combination] += 1
    ordered = sorted(used, key=lambda combination: (-used[combination], combination))
    places = {combination: place for place, combination in enumerate(ordered)}
    shards, firsts = [], []
    for tokens in _cut(postings):
        firsts.append(tokens[0])
        lists = [postings[token] for token in tokens]
        shards.append(
            [
                "\t".join(tokens),
                packed(len(entries) for entries in lists),
                "".join(packed_steps(number for number, _ in entries) for entries in lists),
                packed(places[combination] for entries in lists for _, combination in entries),
            ]
        )
    numbers: dict[str, object] = {
        "total": len(fields),
        "k1": K1,
        "levels": LEVELS,
        "shards": "\t".join(firsts),
        "combos": " ".join(",".join(f"{field},{times}" for field, times in one) for one in ordered),
        "fields": [
            {
                "boost": weight.boost,
                "alone": ALONE if name == "body" else 1.0,
                "b": weight.b,
                "mean": means.get(name, 1.0),
                "lengths": packed(len(texts.get(name, "")) for texts in fields),
            }
            for name, weight in FIELDS.items()
        ],
        "beside": [place for place, name in enumerate(FIELDS) if name in TOLD_BESIDE],
    }
    return PackedPostings(numbers, tuple(shards))


def _combinations(
    texts: Mapping[str, str], means: Mapping[str, float], dictionary: Dictionary, codes: CodeTable
) -> dict[str, Combination]:
    """Return for each token of a document how often it stands in which field.

    The server's own weights are asked for, one field at a time, and divided by what one occurrence weighs there.
    """
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, (name, weight) in enumerate(FIELDS.items()):
        text = texts.get(name)
        if not text:
            continue
        one = boost_of(name, {name: text}) / (1 - weight.b + weight.b * len(text) / means[name])
        for token, sum_ in weights_of({name: text}, means, dictionary, codes).items():
            times = round(sum_ / one)
            if abs(sum_ / one - times) > 1e-6:
                raise ValueError(f"{token!r} weighs {sum_} in {name}, which is no multiple of {one}")
            found[token].append((place, times))
    return {token: tuple(parts) for token, parts in found.items()}


def _cut(postings: Mapping[str, Sequence[object]]) -> Iterator[list[str]]:
    """Yield the tokens of each shard, in the order in which JavaScript compares texts."""
    tokens: list[str] = []
    size = 0
    for token in sorted(postings, key=utf16):
        tokens.append(token)
        size += len(postings[token])
        if size >= SHARD:
            yield tokens
            tokens, size = [], 0
    if tokens:
        yield tokens

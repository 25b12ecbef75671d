"""The pack of the offline search: the same bytes each time, and postings that are exactly the server's.

That the browser reads it to the same answers is tested in tests/e2e/test_offline.py.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import Library, load_library
from kb.errors import BadContent
from kb.search import codes
from kb.search.code_table import code_table
from kb.search.dictionary import build_dictionary
from kb.search.documents import FIELDS, fields_of, mean_lengths, weights_of
from kb.search.offline import BODIES, OfflinePack, offline_pack
from kb.search.offline_numbers import LARGEST, packed, packed_steps
from kb.search.offline_patterns import javascript_pattern
from kb.search.postings import level_of
from tests.kb.search.pages import a_library


def a_pack(library: Library) -> OfflinePack:
    return offline_pack(
        library, addresses={id_: f"{id_.lower()}.html" for id_ in library.pages}, texts={"en": {}}
    )


def handed_over(pack: OfflinePack, part: str) -> object:
    """Return the data that a file of the pack hands over."""
    raw = pack.files[pack.parts[part]].decode()
    match = re.fullmatch(r'servicebookPack\("(\w+)",(.*)\);\n', raw, re.DOTALL)
    assert match is not None
    assert match[1] == part
    return json.loads(match[2])


def unpacked(text: str) -> list[int]:
    """Return packed numbers, read as the browser reads them."""
    assert all(ord(sign) < 0x10000 for sign in text)
    codes_ = [ord(sign) for sign in text]
    codes_ = [code - 0x800 if code > 0xD800 else code for code in codes_]
    return [code - 35 - (code > 92) for code in codes_]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return a_library(tmp_path_factory.mktemp("content"))


@pytest.fixture(scope="module")
def pack(library: Library) -> OfflinePack:
    return a_pack(library)


@given(st.lists(st.integers(0, LARGEST)))
def test_numbers_come_back_as_they_went(numbers: list[int]) -> None:
    text = packed(numbers)
    assert len(text) == len(numbers)
    assert unpacked(text) == numbers
    assert not set(text) & set('"\\\n\r')
    text.encode("utf-8")


@pytest.mark.parametrize("number", [0, 56, 57, 58, 0xD800 - 37, 0xD800 - 36, 0xD800 - 35, LARGEST])
def test_numbers_at_the_edges_need_no_escape(number: int) -> None:
    assert unpacked(packed([number])) == [number]
    assert json.dumps(packed([number]), ensure_ascii=False) == f'"{packed([number])}"'


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_a_number_out_of_bounds_refuses_the_pack(number: int) -> None:
    with pytest.raises(BadContent, match="does not fit into an offline pack") as raised:
        packed([number])
    assert str(number) in raised.value.faults[0].what


@given(st.sets(st.integers(0, LARGEST)))
def test_steps_add_up_to_the_numbers(numbers: set[int]) -> None:
    found, last = [], -1
    for step in unpacked(packed_steps(sorted(numbers))):
        last += step + 1
        found.append(last)
    assert found == sorted(numbers)


def test_the_same_library_gives_the_same_bytes(library: Library, pack: OfflinePack) -> None:
    assert a_pack(library).files == pack.files
    assert a_pack(load_library(library.folder)).version == pack.version


def test_the_order_of_sets_in_memory_plays_no_part(library: Library, pack: OfflinePack) -> None:
    program = (
        "import sys; from pathlib import Path; from kb.content import load_library;"
        "from kb.search.offline import offline_pack; library = load_library(Path(sys.argv[1]));"
        "print(offline_pack(library, addresses={i: i.lower() + '.html' for i in library.pages}, texts={'en': {}}).version)"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program, str(library.folder)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert done.stdout.strip() == pack.version


def test_a_changed_page_gives_another_version(tmp_path: Path, pack: OfflinePack, library: Library) -> None:
    id_ = min(library.pages)
    changed = replace(library, bodies={**library.bodies, id_: library.bodies[id_] + "\n多一句。\n"})
    assert a_pack(changed).version != pack.version


def test_every_file_is_named_by_its_digest(pack: OfflinePack) -> None:
    assert set(pack.parts.values()) == set(pack.files)
    for part, name in pack.parts.items():
        assert name == f"{part}.{hashlib.sha256(pack.files[name]).hexdigest()[:12]}.js"


def test_every_posting_has_the_servers_weight(library: Library, pack: OfflinePack) -> None:
    core = handed_over(pack, "core")
    assert isinstance(core, dict)
    numbers = core["numbers"]
    ids = core["ids"].split("\n")
    combos = [list(map(int, one.split(","))) for one in numbers["combos"].split(" ")]
    ones = []
    every = [unpacked(field["lengths"]) for field in numbers["fields"]]
    alone = [not any(every[place][number] for place in numbers["beside"]) for number in range(len(ids))]
    assert {True, False} <= set(alone)
    for field, lengths in zip(numbers["fields"], every, strict=True):
        ones.append(
            [
                field["boost"]
                * (field["alone"] if alone[number] else 1.0)
                / (1 - field["b"] + field["b"] * length / field["mean"])
                if length
                else 0.0
                for number, length in enumerate(lengths)
            ]
        )
    found: dict[str, dict[str, int]] = {id_: {} for id_ in ids}
    shards = sorted(
        (part for part in pack.parts if re.fullmatch(r"p\d+", part)), key=lambda part: int(part[1:])
    )
    tokens_met = []
    for place, part in enumerate(shards):
        shard = handed_over(pack, part)
        assert isinstance(shard, list)
        tokens, counts, steps, used = shard[0].split("\t"), *map(unpacked, shard[1:])
        assert tokens[0] == numbers["shards"].split("\t")[place]
        tokens_met += tokens
        at = 0
        for token, count in zip(tokens, counts, strict=True):
            document = -1
            for n in range(at, at + count):
                document += steps[n] + 1
                weight = 0.0
                combo = combos[used[n]]
                for field_number, times in zip(combo[::2], combo[1::2], strict=True):
                    for _ in range(times):
                        weight += ones[field_number][document]
                found[ids[document]][token] = level_of(weight)
            at += count
        assert at == len(steps) == len(used)
    assert tokens_met == sorted(tokens_met, key=lambda token: token.encode("utf-16-be"))
    dictionary, table = build_dictionary(library), code_table(library)
    fields = {id_: fields_of(library.pages[id_], library.bodies[id_], library) for id_ in ids}
    means = mean_lengths(fields.values())
    for id_ in ids:
        wanted = weights_of(fields[id_], means, dictionary, table)
        assert found[id_] == {token: level_of(weight) for token, weight in wanted.items()}, id_
    assert len(numbers["fields"]) == len(FIELDS)


def test_a_text_with_the_parting_signs_parts_nothing(tmp_path: Path) -> None:
    library = a_library(tmp_path)
    id_ = min(library.pages)
    page = library.pages[id_].model_copy(update={"title": "甲\x7f乙\x80丙"})
    pack = a_pack(replace(library, pages={**library.pages, id_: page}))
    core = handed_over(pack, "core")
    assert isinstance(core, dict)
    place = core["ids"].split("\n").index(id_)
    text = handed_over(pack, f"t{place // 24}")
    assert isinstance(text, str)
    record = text.split("\x80")[place % 24].split("\x7f")
    assert record[0] == "甲 乙 丙"
    assert record[2] == f"{id_.lower()}.html"


def test_bodies_are_cut_so_that_all_together_keep_their_bound(tmp_path: Path) -> None:
    library = a_library(tmp_path)
    share = BODIES // len(library.pages)
    for length, kept in ((share, share), (share + 1, share)):
        id_ = next(id_ for id_, page in sorted(library.pages.items()) if page.type == "case")
        pack = a_pack(replace(library, bodies={**library.bodies, id_: "长" * length}))
        texts = "".join(str(handed_over(pack, part)) for part in pack.parts if re.fullmatch(r"t\d+", part))
        assert max(map(len, re.findall("长+", texts))) == kept


def test_an_empty_library_has_a_pack(library: Library) -> None:
    nothing = replace(library, pages={}, bodies={}, paths={})
    assert a_pack(nothing).pages == 0


@pytest.mark.parametrize(
    ("python", "javascript"),
    [
        (r"(?P<low>\d+)-(?P<high>\d+)", r"(?<low>\d+)-(?<high>\d+)"),
        (r"(?<=[\-.])[a-f](?![a-z0-9])", r"(?<=[\-.])[a-f](?![a-z0-9])"),
        (r"[^\W_]+", r"[\p{L}\p{N}]+"),
        (
            r"v\b",
            r"v(?:(?<=[\p{L}\p{N}_])(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}_])(?=[\p{L}\p{N}_]))",
        ),
    ],
)
def test_patterns_are_written_as_javascript_writes_them(python: str, javascript: str) -> None:
    assert javascript_pattern(re.compile(python)) == javascript


@pytest.mark.parametrize("pattern", [r"\w+", r"a\Z", r"(?>a)", r"a++", r"(a)(?(1)b)", r"\W"])
def test_a_pattern_that_javascript_reads_otherwise_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="which JavaScript reads otherwise"):
        javascript_pattern(re.compile(pattern))


def test_a_pattern_with_flags_is_refused() -> None:
    with pytest.raises(ValueError, match="has flags"):
        javascript_pattern(re.compile("a", re.IGNORECASE))


def test_every_pattern_of_the_codes_is_brought(pack: OfflinePack) -> None:
    core = handed_over(pack, "core")
    assert isinstance(core, dict)
    ours = {name for name, value in vars(codes).items() if isinstance(value, re.Pattern)}
    assert len(core["rules"]["codes"]["patterns"]) == len(ours - {"_PARTS"})

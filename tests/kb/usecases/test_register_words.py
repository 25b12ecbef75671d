"""Every sentence of a fault stands in the Chinese catalogue, with the same places to fill in."""

import ast
import re
from pathlib import Path

import pytest

from kb.i18n import translator
from kb.usecases.register_tables import SHEETS

MAKERS = {"Wrong": 0, "VisitWrong": 0, "flaw_of": 1, "_flaw": 1}
"""Calls that hold a sentence, and which of their arguments is the first that does."""
ROOM = Path(__file__).parents[3] / "kb" / "usecases"


def sentences() -> list[str]:
    found: dict[str, None] = {}
    for path in sorted([*ROOM.glob("register*.py"), *ROOM.glob("visit*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                found |= {
                    one.value: None
                    for one in node.args[MAKERS[node.func.id] :]
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return [text for text in found if text]


@pytest.mark.parametrize("sentence", sentences())
def test_a_fault_is_told_in_chinese_with_the_same_places(sentence: str) -> None:
    told = translator("zh_CN")(sentence)
    assert told != sentence
    assert sorted(re.findall(r"{[^}]+}", told)) == sorted(re.findall(r"{[^}]+}", sentence))


def test_there_are_sentences_to_check() -> None:
    assert len(sentences()) > 60


def test_every_table_and_field_has_a_name_and_a_form_in_both_languages_and_none_twice() -> None:
    for table in SHEETS.values():
        for place in (0, 1):
            titles = [field.title[place] for field in table.fields]
            assert len({title.casefold() for title in titles}) == len(titles)
            assert all([*titles, *(field.kind.form()[place] for field in table.fields), table.says[place]])
        assert [field.kept_in for field in table.fields] == list(
            dict.fromkeys(field.kept_in for field in table.fields)
        )

"""Why a technician may not go, in words; topics of the field come into a plan once."""

# ruff: noqa: F401, F811 - the store's fixtures are shared
from datetime import date, timedelta
from pathlib import Path

import pytest

from kb.content import load_library
from kb.i18n import translator
from kb.store import Store
from kb.usecases.certificate_words import missing_skills, told_paper
from kb.usecases.search_log import Note, keep_notes
from kb.usecases.training import training_year
from kb.usecases.training_topics import plan_topic, topics
from planner.model import Certificate
from tests.builders import a_technician
from tests.kb.usecases.test_register import EN
from tests.kb.usecases.training_setting import NOW, new_id
from tests.postgresql import empty_store, server, store

ENDS = date(2026, 5, 31)
PERSON = a_technician(
    name="张三",
    skills=frozenset({"dro"}),
    certificates=(Certificate(skill="fanuc", first_day=date(2026, 1, 1), last_day=ENDS, code="X"),),
    uncertified=frozenset({"laser"}),
)


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        pytest.param(ENDS, (), (), id="its last day"),
        pytest.param(
            ENDS + timedelta(days=1),
            ("张三的证书 X（fanuc）于 2026-05-31 到期",),
            ("张三's certificate X for fanuc ended on 2026-05-31",),
            id="the day behind it",
        ),
        pytest.param(
            date(2025, 12, 31),
            ("张三的证书 X（fanuc）自 2026-01-01 起才有效",),
            ("张三's certificate X for fanuc begins on 2026-01-01 only",),
            id="before it begins",
        ),
    ],
)
def test_a_certificate_that_is_not_valid_is_told_by_its_name_and_day(
    day: date, zh: tuple[str, ...], en: tuple[str, ...]
) -> None:
    found = missing_skills(PERSON, frozenset({"fanuc", "dro"}), day)
    for language, told in (("zh_CN", zh), ("en", en)):
        say = translator(language)  # type: ignore[arg-type]
        assert tuple(say(what).format(**values) for what, values in found) == told


def test_a_skill_never_learned_and_one_never_certified_are_told_apart() -> None:
    say = translator("zh_CN")
    found = missing_skills(PERSON, frozenset({"laser", "robot"}), ENDS)
    assert [say(what).format(**values) for what, values in found] == [
        "张三 缺少技能：robot",
        "张三没有 laser 的有效证书",
    ]
    assert told_paper({}, "张三", "laser") is None


def test_a_search_without_an_answer_becomes_a_line_of_the_plan_once(store: Store) -> None:
    library = load_library(Path("content"))
    keep_notes(store, [Note(query="怎么换刀库", kind="nothing", at=NOW)] * 2)
    keep_notes(store, [Note(query="只问一次", kind="nothing", at=NOW)])
    zone = NOW.tzinfo
    assert zone is not None
    (topic,) = topics(store, library, today=NOW.date(), zone=zone, language="en")
    assert (topic.source, topic.count, topic.planned) == ("query", 2, "")
    lines = {
        plan_topic(store, library, topic.key, {}, id=new_id(), wording=EN, who="li", now=NOW).id
        for _ in range(2)
    }
    (item,) = training_year(store, 2026, today=NOW.date()).items
    assert lines == {item.id}
    assert (item.values["month"], item.origin, item.evidence["count"]) == (6, topic.key, 2)
    (again,) = topics(store, library, today=NOW.date(), zone=zone, language="en")
    assert (again.planned, again.planned_year) == (item.id, 2026)

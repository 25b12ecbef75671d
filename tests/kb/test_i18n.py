"""The catalogues together speak one Chinese: a message means the same in every room, with the same places to fill."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kb.errors import BadInput, Fault, Message, NotFound
from kb.i18n import catalogue, language_of

KB = Path(__file__).parents[2] / "kb"
CATALOGUES = sorted((KB / "locale" / "zh_CN").glob("*.po"))
PLACE = re.compile(r"\{(\w+)[^{}]*\}")


def messages(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {
            message.id if isinstance(message.id, str) else message.id[0]: message.string
            if isinstance(message.string, str)
            else str(message.string[0])
            for message in read_po(file, locale="zh_CN")
            if message.id
        }


def test_a_message_means_the_same_in_every_room() -> None:
    said: dict[str, dict[str, list[str]]] = {}
    for path in CATALOGUES:
        for message, text in messages(path).items():
            said.setdefault(message, {}).setdefault(text, []).append(path.name)
    differing = {message: texts for message, texts in said.items() if len(texts) > 1}
    assert not differing


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_message_is_translated_with_the_same_places(path: Path) -> None:
    wrong = [
        message
        for message, text in messages(path).items()
        if not text or set(PLACE.findall(message)) != set(PLACE.findall(text))
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN,zh;q=0.9", "zh_CN"),
        ("en-GB,en;q=0.8", "en"),
        ("fr,en;q=0.5", "en"),
        ("fr", "zh_CN"),
        (None, "zh_CN"),
    ],
)
def test_the_first_language_that_is_spoken_here_decides(asked: str | None, language: str) -> None:
    assert language_of(asked) == language


def test_a_message_is_english_and_knows_what_it_was_made_of() -> None:
    message = Message("has {count:,} characters", count=12_345)
    assert message == "has 12,345 characters"
    assert catalogue("zh_CN").gettext(message) == "有 12,345 个字符"
    assert catalogue("en").gettext(message) == message


def test_a_message_within_a_message_and_a_code_are_said_too() -> None:
    say = catalogue("zh_CN").gettext
    number = Message("{kind} from {least:g} to {most:g}", kind=Message("a whole number"), least=1, most=2880)
    assert say(number) == "整数，从 1 到 2880"
    assert say(Message("the report is {state}", state="closed")) == "这条报修的状态是：已结单"
    assert say(str(NotFound("work order", "x").args[0])) == "no work order has the id 'x'"
    assert say(NotFound("work order", "x").args[0]) == "没有编号为 'x' 的工单"


def test_a_text_without_values_is_taken_as_it_is_even_with_braces() -> None:
    assert Message("write {name}") == "write {name}"
    assert Fault(where="x", what="write {name}").what == "write {name}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Input should be less than or equal to 5", "应不大于 5"),
        (
            "event 3 is signed while the order is on_site, paused; it can only be cancelled, resumed",
            "第 3 步是“客户签字”，但此时工单为“现场作业中, 已暂停”，只能是：取消, 继续",
        ),
        ("nobody has translated this yet", "nobody has translated this yet"),
        ("x" * 3000, "x" * 3000),
    ],
    ids=["pydantic", "planner", "unknown", "long"],
)
def test_a_filled_text_of_a_stranger_is_recognised(text: str, said: str) -> None:
    assert catalogue("zh_CN").gettext(Message(text)) == said


def test_a_text_of_a_page_is_not_taken_for_an_error() -> None:
    assert catalogue("zh_CN").gettext("Input should be less than or equal to 5").startswith("Input")


def test_a_fault_is_one_sentence_in_the_readers_language() -> None:
    fault = Fault(where="photos[2]", what="is no photo", repair=Message("{most:,} at most", most=3000))
    assert catalogue("zh_CN").fault(fault) == "照片[2]: 不是照片 → 最多 3,000"
    assert catalogue("en").fault(fault) == str(fault) == "photos[2]: is no photo → 3,000 at most"
    assert str(BadInput("no", [fault])).splitlines() == ["no", f"  {fault}"]

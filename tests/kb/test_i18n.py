"""The catalogues together speak one Chinese: a message means the same in every room, with the same places to fill."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kb.i18n import language_of

KB = Path(__file__).parents[2] / "kb"
CATALOGUES = sorted((KB / "locale" / "zh_CN").glob("*.po"))
PLACE = re.compile(r"\{(\w+)\}")


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

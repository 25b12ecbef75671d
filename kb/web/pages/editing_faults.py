"""What the checks of the library say, in the reader's language; a sentence that is not known here stays as it is."""

import re
from collections.abc import Iterable

from kb.i18n import Language, translator
from kb.usecases.editing_text import Found
from kb.web.pages.editing_words import place_name

_SENTENCES = (
    "has the code '{code}'",
    "use a code of vocabularies/{name}.yaml",
    "has the item '{item}'",
    "items of {subsystem}: {items}",
    "names {id}, which does not exist",
    "mend the id or write the page",
    "names itself, {id}",
    "names the file {file}, which is not there",
    "add the file",
    "has the link {target}, which leads nowhere",
    "has the image {target}, which leads nowhere",
    "mend it, or name the page by its id",
    "has the id {id}",
    "ids of this type begin with {prefix}",
    "was reviewed on {day}, before it was created",
    "mend the dates",
    "is due on {day}, not after its review",
    "set a later date",
    "was due for review on {day}",
    "review it and set a new date",
    "is in preparation and validated",
    "a validated page has been reviewed",
    "is released on a doubtful source (D)",
    "leave it in preparation or find a better source",
    "is validated without a source",
    "name the source with its grade",
    "is validated on trade knowledge alone",
    "set not_validated, or name a source of grade A or B",
    "is validated without applies_to",
    "say for which machines or controls it holds",
    "is a validated case without a cause and remedy",
    "add solutions",
    "is a validated case without verification",
    "say how the cure was proven",
    "calls a missing remedy validated",
    "add the remedy or set not_validated",
    "says nothing of hazards",
    "state them, or write `hazards: none`",
    "says none, but a step meets '{word}'",
    "state the hazard",
    "lacks the heading(s) {names}",
    "a case has {names}",
    "has its headings out of order",
    "numbers its steps {numbers}",
    "write ### 步骤 1, ### 步骤 2 …",
    "does not end with 验收",
    "say when the work is accepted under ## 验收",
    "has the item {item} more than once",
    "keep one",
    "has no items",
    "add what is to be checked",
    "{item} has limits but is no measurement",
    "set kind: measure, or remove the limits",
    "{item} has limits out of order: {limits}",
    "lower ≤ warn_lower ≤ warn_upper ≤ upper",
    "{item} is a choice of {count}",
    "give at least two options",
    "{item} gives a starting value as a limit",
    "put it into warn_lower or warn_upper",
    "{id} is taken: {title}",
    "ids are never reused",
    "was {before} and is {after}",
    "an id is for good; withdraw this page and write another",
    "withdraw this page and write another",
    "has the character {code}, which does not print",
    "has {size} bytes; a page has at most {most}",
    "shorten it, or make two pages of it",
    "does not begin with front matter",
    "begin with a line ---, the fields, and a line ---",
    "has an anchor or an alias (& or *)",
    "write the value out, or put it in quotes",
    "writes {field} a second time",
    "keep one of them",
    "is not YAML: {problem}",
    "mend the front matter",
    "a page that is {now} does not become {to} in one step",
    "from here it becomes {ways}",
    "has {size} bytes",
    "send at most {most}; a photo of 2,000 points a side needs no more",
    "is {kind}, which only its own program can show; save it as PNG and add it",
    "has {width} × {height} points; at most {most} are read",
    "has too many points; at most {most} are read",
    "took longer than {seconds} s to read",
)
"""Sentences of `kb.content.checks`, `kb.content.lifecycle` and of editing; message ids of editing.po. A test makes the
faults and compares."""
_PLACE = re.compile(r"\\\{(\w+)\\\}")
_PATTERNS = tuple(
    (re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL), sentence)
    for sentence in sorted(_SENTENCES, key=lambda one: (one.count("{"), -len(one)))
)


def in_words(text: str, language: Language) -> str:
    """Return a sentence of a check in a reader's language."""
    say = translator(language)
    if language == "en" or say(text) != text:
        return say(text)
    for pattern, sentence in _PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            return say(sentence).format(**match.groupdict())
    return text


def told_rows(faults: Iterable[Found], language: Language) -> list[dict[str, str]]:
    """Return faults as a form shows them: field, its name, what and how to mend it, and the line where it tells more."""
    rows = []
    for one in faults:
        text = in_words(one.what, language)
        text += f" → {in_words(one.repair, language)}" if one.repair else ""
        line = str(one.line) if one.line > 1 else ""
        name = place_name(one.field, language)
        rows.append({"field": one.field, "name": name, "text": text, "line": line})
    return rows

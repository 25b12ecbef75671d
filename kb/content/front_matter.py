"""Front matter as text: written in the library's own form, and changed without touching what did not change.

A field, a list entry or a comment that an edit does not concern keeps its lines byte for byte, with its order and its
quotes. So the difference of an edit is the edit, in git as on the screen.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import yaml

from kb.errors import Fault

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_WRAP = 10**9
"""A text stays on one line whatever its length, so that a changed word is one changed line."""
_NOTE = re.compile(r"^( *)(?:#.*)?$")
_TAIL = re.compile(r"^[ \t]+#.*$")
DEEPEST = 20
"""Levels of lists and fields within each other; the deepest page type needs five."""

Lines = list[str]


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes a value out each time: the same day in two fields must not become an anchor and an alias."""

    def ignore_aliases(self, data: object) -> bool:
        """Whether a value that was met before is written out again."""
        return True


def written(values: Mapping[str, object] | Sequence[object]) -> str:
    """Return fields, or a list, in the library's own form, ending with a line break."""
    text: str = yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_NO_WRAP)
    return text


def read_values(front: str) -> dict[str, Any]:
    """Return the fields of a front matter that `front_faults` finds nothing wrong with."""
    values = yaml.load(front, Loader=_LOADER)  # noqa: S506 - a safe loader, in C where there is one
    return values if isinstance(values, dict) else {}


def front_faults(front: str, *, first_line: int = 2) -> tuple[Fault, ...]:
    """Return what is wrong with a front matter before its fields are looked at; `Fault.where` is a line.

    Anchors and aliases are refused: a few of them make a text of gigabytes ("YAML bomb"). So are a field that is
    written twice, of which a reader would silently take the last, and what is nested without end.

    Args:
        front: The text between the fences.
        first_line: Number of its first line in the file.
    """
    faults = []
    depth = 0
    try:
        for event in yaml.parse(front, Loader=_LOADER):
            line = event.start_mark.line + first_line if event.start_mark else first_line
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                what = "has an anchor or an alias (& or *)"
                return (Fault(where=str(line), what=what, repair="write the value out, or put it in quotes"),)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEEPEST:
                what = f"nests fields more than {DEEPEST} levels deep"
                return (Fault(where=str(line), what=what, repair="write it flat"),)
        root = yaml.compose(front, Loader=_LOADER)
        yaml.load(front, Loader=_LOADER)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + first_line if error.problem_mark else first_line
        return (Fault(where=str(line), what=f"is not YAML: {error.problem}", repair="mend the line"),)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return (Fault(where=str(first_line), what=f"is not YAML: {error}", repair="mend the front matter"),)
    if not isinstance(root, yaml.MappingNode):
        return (Fault(where=str(first_line), what="has no fields", repair="write `field: value` lines"),)
    for node, key in _doubled(root):
        line = node.start_mark.line + first_line
        faults.append(Fault(where=str(line), what=f"writes {key} a second time", repair="keep one of them"))
    return tuple(faults)


def _doubled(node: yaml.Node) -> Iterator[tuple[yaml.Node, str]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                yield key, name
            seen.add(name)
            yield from _doubled(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _doubled(value)


def patched(front: str, values: Mapping[str, object], *, order: Sequence[str]) -> str:
    """Return a front matter that says `values`, with the lines of `front` wherever they say so already.

    Args:
        front: The text between the fences, without faults, ending with a line break.
        values: All fields it must have afterwards.
        order: Where a field that is new goes: after the last of those before it that is there.
    """
    before = read_values(front)
    node = yaml.compose(front, Loader=_LOADER)
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        lines = front.split("\n")
        tail = [""] if lines[-1] == "" else []
        body = lines[: len(lines) - len(tail)]
        text = "\n".join([*_mapping(body, 0, node, before, values, order), *tail])
        try:
            if read_values(text) == values:
                return text
        except yaml.YAMLError:
            pass  # an odd layout that cannot be patched line by line is written anew, below
    return written(values)


def _mapping(
    lines: Lines,
    top: int,
    node: yaml.MappingNode,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    order: Sequence[str],
) -> Lines:
    """Return the lines of a block of fields; `lines[0]` stands on line `top` of the front matter."""
    column = node.start_mark.column
    starts = [key.start_mark.line - top for key, _ in node.value]
    out: Lines = []
    places: dict[str, int] = {}
    """Where in `out` the lines of a field end."""
    for number, (key_node, value_node) in enumerate(node.value):
        key = str(key_node.value)
        begin = 0 if number == 0 else _notes_before(lines, starts[number], column)
        end = _notes_before(lines, starts[number + 1], column) if number + 1 < len(starts) else len(lines)
        out += lines[begin : starts[number]]
        own = lines[starts[number] : end]
        if key in after:
            first = top + starts[number]
            out += _field(own, first, column, key, value_node, before[key], after[key])
            places[key] = len(out)
    for key in [key for key in after if key not in before]:
        known = list(order) if key in order else list(after)
        earlier = known[: known.index(key)]
        place = max((places[name] for name in earlier if name in places), default=0)
        fresh = _indented(written({key: after[key]}), column)
        out[place:place] = fresh
        places = {name: at + len(fresh) if at > place else at for name, at in places.items()}
        places[key] = place + len(fresh)
    return out


def _field(own: Lines, first: int, column: int, key: str, node: yaml.Node, before: Any, after: Any) -> Lines:
    if _same(before, after):
        return own
    inside = node.start_mark.line - first
    is_block = inside > 0 and bool(after) and not getattr(node, "flow_style", True)
    if is_block and isinstance(node, yaml.MappingNode) and isinstance(after, Mapping):
        block = _mapping(own[inside:], first + inside, node, before, after, list(after))
        return own[:inside] + block
    if is_block and isinstance(node, yaml.SequenceNode) and isinstance(after, list):
        return own[:inside] + _sequence(own[inside:], first + inside, node, before, after)
    fresh = _indented(written({key: after}), column)
    if isinstance(node, yaml.ScalarNode) and len(fresh) == 1 and node.start_mark.line == node.end_mark.line:
        said = own[inside][node.end_mark.column :] if inside < len(own) else ""
        fresh[0] += said if _TAIL.match(said) else ""
    return fresh


def _sequence(lines: Lines, top: int, node: yaml.SequenceNode, before: list[Any], after: list[Any]) -> Lines:
    """Return the lines of a list; entries that stay keep theirs, wherever they move within the list's order."""
    column = node.start_mark.column
    starts = [_dash_line(lines, item.start_mark.line - top, column) for item in node.value]
    bounds = [_notes_before(lines, start, column) if n else 0 for n, start in enumerate(starts)]
    bounds.append(len(lines))
    keys = [_key(item) for item in before]
    matcher = SequenceMatcher(a=keys, b=[_key(item) for item in after], autojunk=False)
    out: Lines = []
    for what, a, a_end, b, b_end in matcher.get_opcodes():
        for offset in range(max(a_end - a, b_end - b)):
            here, there = a + offset, b + offset
            if here < a_end:
                out += lines[bounds[here] : starts[here]]
            if here < a_end and there < b_end:
                own = lines[starts[here] : bounds[here + 1]]
                first = top + starts[here]
                out += (
                    own
                    if what == "equal"
                    else _entry(own, first, column, node.value[here], before[here], after[there])
                )
            elif there < b_end:
                moved = _moved(after[there], keys, lines, starts, bounds)
                out += moved or _indented(written([after[there]]), column)
    return out


def _moved(value: Any, keys: list[str], lines: Lines, starts: list[int], bounds: list[int]) -> Lines:
    """Return the lines of an entry that stood elsewhere in the list; empty where it is new."""
    key = _key(value)
    if key not in keys:
        return []
    place = keys.index(key)
    return lines[starts[place] : bounds[place + 1]]


def _entry(own: Lines, first: int, column: int, node: yaml.Node, before: Any, after: Any) -> Lines:
    inner = node.start_mark.column
    usable = (
        isinstance(node, yaml.MappingNode)
        and not node.flow_style
        and isinstance(after, Mapping)
        and after
        and node.start_mark.line == first
        and own[0][:column].strip() == ""
        and own[0][column : column + 1] == "-"
    )
    if usable and isinstance(node, yaml.MappingNode):
        bare = [" " * inner + own[0][inner:], *own[1:]]
        lines = _mapping(bare, first, node, before, after, list(after))
        if lines and lines[0].strip() and not lines[0].lstrip().startswith("#"):
            return [own[0][:inner] + lines[0][inner:], *lines[1:]]
    return _indented(written([after]), column)


def _dash_line(lines: Lines, line: int, column: int) -> int:
    """Return the line of an entry's dash, which may stand above its value."""
    while line > 0 and lines[line][column : column + 1] != "-":
        line -= 1
    return line


def _notes_before(lines: Lines, start: int, column: int) -> int:
    """Return where the comments and blank lines above a field begin; deeper ones belong to the field before."""
    begin = start
    while begin > 0:
        note = _NOTE.match(lines[begin - 1])
        if note is None or (lines[begin - 1].strip() and len(note[1]) > column):
            break
        begin -= 1
    return begin


def _indented(text: str, column: int) -> Lines:
    lines = text.rstrip("\n").split("\n")
    return [" " * column + line if line else line for line in lines]


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same and of the same type: 1, True and 1.0 are not."""
    return _key(one) == _key(other)


def _key(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key!r}:{_key(value[key])}" for key in sorted(value, key=repr)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_key(entry) for entry in value) + "]"
    return repr(value)

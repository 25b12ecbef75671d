"""What is too long for a slide becomes two; nothing is lost, nothing is split inside a line."""

from hypothesis import given
from hypothesis import strategies as st

from kb.courseware.deck import Column, Deck, Grid, Layout, Line, Run, Slide, lines_of
from kb.courseware.fitting import BODY_WIDTH_MM, COLUMN_WIDTH_MM, MOST_LINES, MOST_ROWS, fitted, rows_of


def split(slide: Slide) -> tuple[Slide, ...]:
    deck = Deck(id="COURSE-A", revision=1, title="t", language="zh", slides=(slide,))
    return fitted(deck, continued="（续）").slides


def content(*texts: str, **more: object) -> Slide:
    return Slide(layout=Layout.CONTENT, title="题", lines=lines_of(texts), **more)  # type: ignore[arg-type]


def test_six_lines_fit_and_the_seventh_goes_on_the_next_slide() -> None:
    assert len(split(content(*"一二三四五六"))) == 1
    first, second = split(content(*"一二三四五六七", notes="讲"))
    assert (len(first.lines), len(second.lines)) == (6, 1)
    assert (second.title, first.notes, second.notes) == ("题（续）", "讲", "")


def test_a_chinese_line_breaks_where_the_slide_ends() -> None:
    room = int((BODY_WIDTH_MM - 9) / (24 * 25.4 / 72))
    assert rows_of(lines_of(["字" * room])[0], width=BODY_WIDTH_MM) == 1
    assert rows_of(lines_of(["字" * (room + 1)])[0], width=BODY_WIDTH_MM) == 2


def test_a_nested_line_stays_with_the_one_it_belongs_to() -> None:
    def line(text: str, level: int) -> Line:
        return Line(runs=(Run(text=text),), level=level)

    lines = [line(text, 0) for text in "一二三四五"] + [line("六", 0), line("六之一", 1)]
    first, second = split(Slide(layout=Layout.CONTENT, title="题", lines=tuple(lines)))
    assert [one.text for one in second.lines] == ["六", "六之一"]
    assert len(first.lines) == 5


def test_a_table_is_spread_evenly_over_as_few_slides_as_hold_it() -> None:
    def rows(count: int) -> list[int]:
        grid = Grid(head=("a",), rows=tuple((str(n),) for n in range(count)))
        return [
            len(one.grid.rows) for one in split(Slide(layout=Layout.TABLE, title="t", grid=grid)) if one.grid
        ]

    assert rows(MOST_ROWS) == [6]
    assert rows(MOST_ROWS + 1) == [4, 3]
    assert rows(13) == [4, 5, 4]
    assert rows(0) == [0]


@given(st.lists(st.text(st.sampled_from("字a1 "), min_size=1, max_size=120), max_size=14))
def test_no_slide_is_too_long_unless_a_single_line_is_and_every_line_is_kept(texts: list[str]) -> None:
    parts = split(content(*texts))
    assert [line.text for part in parts for line in part.lines] == texts
    for part in parts:
        used = sum(rows_of(line, width=BODY_WIDTH_MM) for line in part.lines)
        assert used <= MOST_LINES or len(part.lines) == 1


@given(st.lists(st.just("字" * 30), max_size=9), st.lists(st.just("短"), max_size=9))
def test_columns_are_split_together_and_keep_their_lines(left: list[str], right: list[str]) -> None:
    columns = (Column(title="左", lines=lines_of(left)), Column(title="右", lines=lines_of(right)))
    parts = split(Slide(layout=Layout.COMPARISON, title="题", columns=columns))
    assert [line.text for part in parts for line in part.columns[0].lines] == left
    assert [line.text for part in parts for line in part.columns[1].lines] == right
    for part in parts:
        for column in part.columns:
            assert sum(rows_of(line, width=COLUMN_WIDTH_MM) for line in column.lines) <= MOST_LINES

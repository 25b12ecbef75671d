"""What readers say of a page: one vote a reader, changed and never doubled; complaints become work and go with it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import Library, load_library
from kb.errors import BadInput, BadQuery, Conflict, NotFound, TooOften
from kb.store import Store
from kb.store import register as audit
from kb.usecases.page_feedback import (
    LONGEST_TEXT,
    MOST_VOTES,
    REASONS,
    VOTING_WINDOW,
    Verdict,
    Verdicts,
    Vote,
    all_verdicts,
    feedback_on,
    judge_page,
)
from kb.usecases.page_work import page_work, page_work_counts, take_over_page
from kb.usecases.work_items import Asked
from tests.kb.content.pages import a_case
from tests.kb.search.pages import a_library

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOON.date()
PAGE = "CASE-HOT"
YES = Verdict(helpful=True)
WRONG = Verdict(helpful=False, reason="wrong")
OLD = Verdict(helpful=False, reason="outdated")
NUMBERS = count()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return a_library(tmp_path_factory.mktemp("judged"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'votes.db'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that many examples share; each has a page and voters of its own."""
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('lasting') / 'votes.db'}")
    opened.migrate()
    yield opened
    opened.close()


def with_pages(library: Library, *page_ids: str) -> Library:
    """Return the library with copies of a page under further ids."""
    more = {id_: library.pages[PAGE].model_copy(update={"id": id_}) for id_ in page_ids}
    return replace(library, pages={**library.pages, **more})


def mended(library: Library, tmp_path: Path) -> Library:
    """Return the library after the page was mended: with another revision of it."""
    folder = tmp_path / "mended"
    folder.mkdir()
    (folder / "hot.md").write_text(a_case(id=PAGE, title="主轴过热停机", revision=2), encoding="utf-8")
    return load_library(folder)


def say(
    store: Store, library: Library, verdict: Verdict, voter: str = "u1", page_id: str = PAGE, hours: float = 0
) -> Vote:
    return judge_page(store, library, page_id, verdict, voter=voter, now=NOON + timedelta(hours=hours))


def test_a_second_click_changes_the_vote_and_never_doubles_it(store: Store, library: Library) -> None:
    say(store, library, YES)
    say(store, library, YES)
    assert all_verdicts(store, library)[PAGE].helpful == 1
    say(store, library, WRONG, hours=1)
    found = all_verdicts(store, library)[PAGE]
    assert (found.helpful, found.not_helpful, dict(found.reasons)) == (0, 1, {"wrong": 1})
    assert found.doubted


@given(
    said=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([YES, WRONG, OLD, Verdict(helpful=False)])),
        max_size=12,
    )
)
def test_the_counts_are_those_of_each_voters_last_word(
    lasting: Store, library: Library, said: list[tuple[str, Verdict]]
) -> None:
    page_id = f"CASE-G-{next(NUMBERS)}"
    grown = with_pages(library, page_id)
    last: dict[str, Verdict] = {}
    for number, (voter, verdict) in enumerate(said):
        say(lasting, grown, verdict, f"{page_id} {voter}", page_id=page_id, hours=number)
        last[voter] = verdict
    found = all_verdicts(lasting, grown).get(page_id, Verdicts())
    assert found.helpful == sum(one.helpful for one in last.values())
    assert found.not_helpful == sum(not one.helpful for one in last.values())
    work = [one.page_id for one in page_work(lasting, grown, today=TODAY)]
    assert (page_id in work) is any(one.reason for one in last.values())


def test_a_vote_that_waited_on_a_phone_does_not_undo_a_later_one(store: Store, library: Library) -> None:
    say(store, library, YES)
    earlier = NOON - timedelta(days=1)
    stands = judge_page(store, library, PAGE, WRONG, voter="u1", now=NOON, cast=earlier)
    assert stands.verdict == YES
    late = judge_page(store, library, PAGE, WRONG, voter="u2", now=NOON, cast=earlier)
    assert (late.verdict, late.cast) == (WRONG, earlier)


def test_a_clock_that_runs_ahead_counts_as_now(store: Store, library: Library) -> None:
    ahead = judge_page(store, library, PAGE, WRONG, voter="u1", now=NOON, cast=NOON + timedelta(days=400))
    assert ahead.cast == NOON
    assert say(store, library, YES, hours=1).verdict == YES


@pytest.mark.parametrize(
    ("verdict", "message"),
    [
        pytest.param(Verdict(helpful=False, reason="ugly"), "'ugly' is no reason", id="unknown reason"),
        pytest.param(
            Verdict(helpful=True, reason="wrong"), "given for a page that helped", id="helped but wrong"
        ),
        pytest.param(
            Verdict(helpful=False, text="字" * (LONGEST_TEXT + 1)), "has 1,001 characters", id="too long"
        ),
    ],
)
def test_a_verdict_that_makes_no_sense_is_refused(
    store: Store, library: Library, verdict: Verdict, message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        say(store, library, verdict)
    assert all_verdicts(store, library) == {}


def test_a_page_that_is_not_there_is_not_judged(store: Store, library: Library) -> None:
    with pytest.raises(NotFound, match="no page has the id 'CASE-NO'"):
        say(store, library, YES, page_id="CASE-NO")
    with pytest.raises(NotFound, match="no page has the id 'CASE-NO'"):
        feedback_on(store, library, "CASE-NO", voter="u1")


def test_the_words_of_others_are_shown_without_who_wrote_them(store: Store, library: Library) -> None:
    longest = "手册改版了" + "。" * (LONGEST_TEXT - 5)
    say(store, library, Verdict(helpful=False, reason="outdated", text=f"  {longest}\n"))
    say(store, library, YES, voter="u2", hours=1)
    found = feedback_on(store, library, PAGE, voter="u2")
    assert found.mine is not None
    assert found.mine.verdict == YES
    assert [one.verdict.text for one in found.told] == [longest]
    assert "u1" not in str(found.json())
    assert feedback_on(store, library, PAGE, voter="u3").mine is None


def test_nobody_judges_more_pages_within_an_hour_than_a_person_reads(store: Store, library: Library) -> None:
    many = [f"CASE-M-{number}" for number in range(MOST_VOTES + 1)]
    crowded = with_pages(library, *many)
    for id_ in many[:MOST_VOTES]:
        say(store, crowded, YES, page_id=id_)
    with pytest.raises(TooOften, match="60 pages were judged within the hour"):
        say(store, crowded, YES, page_id=many[-1])
    say(store, crowded, WRONG, page_id=many[0])  # a change of mind is no further page
    say(store, crowded, YES, voter="u2", page_id=many[-1])
    after = VOTING_WINDOW / timedelta(hours=1) + 0.001
    assert say(store, crowded, YES, page_id=many[-1], hours=after).verdict == YES


@pytest.mark.parametrize(
    ("reason", "due"),
    [
        pytest.param("wrong", date(2026, 12, 2), id="wrong within a week"),
        pytest.param("outdated", date(2026, 12, 25), id="outdated within thirty days"),
        *[pytest.param(name, None, id=name) for name in REASONS if name not in {"wrong", "outdated"}],
    ],
)
def test_wrong_and_outdated_become_work_of_the_pages_owner(
    store: Store, library: Library, reason: str, due: date | None
) -> None:
    say(store, library, Verdict(helpful=False, reason=reason, text="为什么"))
    items = page_work(store, library, today=TODAY)
    assert [(one.page_id, one.owner, one.due, one.texts) for one in items] == (
        [(PAGE, "技术资料组", due, ("为什么",))] if due else []
    )


def test_the_graver_reason_brings_the_day_forward_and_never_back(store: Store, library: Library) -> None:
    say(store, library, OLD)
    say(store, library, WRONG, voter="u2")
    say(store, library, OLD, voter="u3")
    (one,) = page_work(store, library, today=TODAY)
    assert (one.due, dict(one.reasons)) == (date(2026, 12, 2), {"wrong": 1, "outdated": 2})


def test_work_goes_when_the_last_complaint_is_taken_back_unless_somebody_has_it_in_hand(
    store: Store, library: Library
) -> None:
    say(store, library, WRONG)
    say(store, library, YES, hours=1)
    assert page_work(store, library, today=TODAY) == ()
    say(store, library, WRONG, hours=2)
    take_over_page(store, library, PAGE, Asked(owner="李工", due="2026-12-01"), who="训练员", now=NOON)
    say(store, library, YES, hours=3)
    (one,) = page_work(store, library, today=TODAY)
    assert (one.owner, dict(one.reasons)) == ("李工", {})


def test_a_mended_page_is_opened_again_by_a_new_complaint_and_a_declined_one_is_not(
    store: Store, library: Library
) -> None:
    say(store, library, WRONG)
    take_over_page(store, library, PAGE, Asked(state="mended", note="改好了"), who="训练员", now=NOON)
    say(store, library, WRONG, voter="u2")
    (one,) = page_work(store, library, today=TODAY)
    assert (one.state, one.revision) == ("open", 3)
    take_over_page(store, library, PAGE, Asked(state="declined", note="没错"), who="训练员", now=NOON)
    say(store, library, WRONG, voter="u3")
    assert page_work_counts(store) == {"open": 0, "mended": 0, "declined": 1}


def test_once_the_page_is_mended_old_complaints_count_no_more(
    store: Store, library: Library, tmp_path: Path
) -> None:
    say(store, library, WRONG)
    after = mended(library, tmp_path)
    found = all_verdicts(store, after)[PAGE]
    assert (found.not_helpful, found.before, found.doubted) == (0, 1, False)
    (one,) = page_work(store, after, today=TODAY)
    assert (one.mended_since, dict(one.reasons)) == (True, {})
    old = judge_page(store, after, PAGE, WRONG, voter="u2", now=NOON, revision=1)
    assert not old.current


def test_work_is_overdue_the_day_after_it_was_due(store: Store, library: Library) -> None:
    say(store, library, WRONG)
    assert not page_work(store, library, today=date(2026, 12, 2))[0].overdue
    assert page_work(store, library, today=date(2026, 12, 3))[0].overdue


def test_every_fault_of_a_change_is_told_and_each_change_is_on_the_record(
    store: Store, library: Library
) -> None:
    say(store, library, WRONG)
    bad = Asked(owner="张" * 81, due="morgen", state="gone", note="字" * 501)
    with pytest.raises(BadInput, match="nothing was changed") as refused:
        take_over_page(store, library, PAGE, bad, who="训练员", now=NOON)
    assert [fault.where for fault in refused.value.faults] == ["due", "state", "owner", "note"]
    with pytest.raises(BadInput, match="say why it is declined"):
        take_over_page(store, library, PAGE, Asked(state="declined"), who="训练员", now=NOON)
    kept = take_over_page(store, library, PAGE, Asked(owner="张 工", revision=1), who="训练员", now=NOON)
    assert (kept.owner, kept.due, kept.revision) == ("张 工", None, 2)
    with pytest.raises(Conflict, match="revision 1 is now 2") as stale:
        take_over_page(store, library, PAGE, Asked(owner="王工", revision=1), who="训练员", now=NOON)
    assert stale.value.theirs["owner"] == "张 工"
    with store.reading() as session:
        (entry,) = audit.history(session, kind="page_work", thing_id=PAGE, limit=9)
    assert (entry.who, entry.action) == ("训练员", "update")


def test_work_on_a_page_without_any_is_not_there(store: Store, library: Library) -> None:
    with pytest.raises(NotFound, match="no work on a page has the id 'CASE-HOT'"):
        take_over_page(store, library, PAGE, Asked(), who="训练员", now=NOON)


def test_a_list_out_of_bounds_is_refused(store: Store, library: Library) -> None:
    with pytest.raises(BadQuery, match=r"state is 'gone'.*size is 0.*page is 0"):
        page_work(store, library, today=TODAY, state="gone", page=0, size=0)

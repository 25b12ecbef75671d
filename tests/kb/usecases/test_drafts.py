"""Drafts are received exactly once; hostile ones are refused whole. On SQLite and PostgreSQL."""

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import BadInput, BadQuery, Conflict, NotFound
from kb.site.draft_page import LABELS
from kb.store import Store
from kb.store import drafts as rows
from kb.store import register as audit
from kb.usecases.draft_checking import FIELDS, Sent, clean, media_type_of
from kb.usecases.drafts import (
    Draft,
    change_draft,
    draft,
    draft_counts,
    draft_photo,
    drafts,
    receive_draft,
)
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ID = "0b9d6c1e-6f0a-4e55-9d2b-1d6f1f0a7a11"
JPEG = b"\xff\xd8\xff\xe0" + b"jpeg" * 20
PNG = b"\x89PNG\r\n\x1a\n" + b"png" * 20
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"webp" * 20
LIMIT = 1000


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def a_draft(number: int = 0, **texts: str) -> Sent:
    said = {"machine": "立加 VMC850 · 0i-MF", "alarm": "SV0401 V READY OFF", "symptom": "一上电就报警"}
    id_ = ID[:-4] + f"{number:04x}" if number else ID
    return Sent(id=id_, created=NOON, texts={**said, **texts}, photos=(encoded(JPEG), encoded(PNG)))


def received(store: Store, sent: Sent, *, now: datetime = NOON, author: str = "王工") -> tuple[Draft, bool]:
    return receive_draft(store, sent, author=author, now=now, photo_limit_bytes=LIMIT)


def test_a_draft_is_kept_with_its_photos(store: Store) -> None:
    kept, fresh = received(store, a_draft())
    assert fresh
    assert draft(store, ID) == kept
    assert (kept.state, kept.author, kept.revision, kept.received) == ("new", "王工", 1, NOON)
    assert kept.texts["alarm"] == "SV0401 V READY OFF"
    assert set(kept.texts) == set(FIELDS)
    assert [(one.position, one.media_type, one.size_bytes) for one in kept.photos] == [
        (1, "image/jpeg", len(JPEG)),
        (2, "image/png", len(PNG)),
    ]
    assert draft_photo(store, ID, 1)[1] == JPEG
    assert draft_photo(store, ID, 2)[1] == PNG


def test_the_same_draft_again_is_answered_alike_and_stored_once(store: Store) -> None:
    first, _ = received(store, a_draft())
    elsewhere = timezone(timedelta(hours=8))
    again = replace(a_draft(), created=NOON.astimezone(elsewhere), id=ID.upper())
    second, fresh = received(store, again, now=NOON + timedelta(days=1), author="李工")
    assert not fresh
    assert second == first
    assert draft_counts(store) == {"new": 1, "taken": 0, "closed": 0}


def test_four_that_send_the_same_at_once_store_it_once(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: received(store, a_draft()), range(16)))
    assert [fresh for _, fresh in answers].count(True) == 1
    assert len({kept.received for kept, _ in answers}) == 1
    with store.reading() as session:
        assert rows.draft_counts(session) == {"new": 1}
        assert len(rows.photos_of(session, [ID])) == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(a_draft(notes="more"), id="a text"),
        pytest.param(replace(a_draft(), created=NOON + timedelta(seconds=1)), id="the time"),
        pytest.param(replace(a_draft(), photos=(encoded(PNG), encoded(JPEG))), id="the order of photos"),
        pytest.param(replace(a_draft(), photos=(encoded(JPEG),)), id="a photo less"),
    ],
)
def test_another_draft_under_the_same_id_is_refused_and_changes_nothing(store: Store, other: Sent) -> None:
    kept, _ = received(store, a_draft())
    with pytest.raises(Conflict, match=f"another draft has the id {ID}"):
        received(store, other)
    assert draft(store, ID) == kept
    assert len(drafts(store)) == 1


def test_a_draft_that_was_taken_up_is_still_the_same_draft(store: Store) -> None:
    received(store, a_draft())
    change_draft(store, ID, state="taken", note="", revision=1, who="编辑", now=NOON)
    again, fresh = received(store, a_draft())
    assert not fresh
    assert (again.state, again.revision) == ("taken", 2)


def test_all_faults_are_told_at_once_and_nothing_is_kept(store: Store) -> None:
    sent = Sent(
        id="no id",
        created=datetime(1970, 1, 1, tzinfo=UTC),
        texts={"machine": "x" * 201, "spell": "abracadabra"},
        photos=(encoded(b"<svg onload=alert(1)>"), "%%%", encoded(JPEG + b"x" * LIMIT), encoded(b""), ""),
    )
    with pytest.raises(BadInput, match="the draft was not kept") as refused:
        received(store, sent)
    assert [fault.where for fault in refused.value.faults] == [
        "id",
        "spell",
        "machine",
        "symptom",
        "created",
        "photos",
        "photos[1]",
        "photos[2]",
        "photos[3]",
        "photos[4]",
    ]
    assert drafts(store) == ()


@pytest.mark.parametrize(("name", "most"), FIELDS.items())
def test_a_field_holds_what_it_says_and_not_one_more(store: Store, name: str, most: int) -> None:
    kept, _ = received(store, a_draft(**{name: "长" * most}))
    assert kept.texts[name] == "长" * most
    with pytest.raises(BadInput, match=f"{name}: has {most + 1:,} characters"):
        received(store, a_draft(1, **{name: "长" * (most + 1)}))


def test_a_photo_may_be_as_large_as_the_limit_and_not_a_byte_more(store: Store) -> None:
    exact = JPEG + b"x" * (LIMIT - len(JPEG))
    received(store, replace(a_draft(), photos=(encoded(exact),) * 4))
    with pytest.raises(BadInput, match=r"photos\[1\]: has 1,001 bytes"):
        received(store, replace(a_draft(1), photos=(encoded(exact + b"x"),)))
    with pytest.raises(BadInput, match="photos: are 5"):
        received(store, replace(a_draft(2), photos=(encoded(exact),) * 5))


@pytest.mark.parametrize("texts", [{"alarm": "", "symptom": "抖"}, {"alarm": "401", "symptom": ""}])
def test_alarm_or_symptom_is_enough(store: Store, texts: dict[str, str]) -> None:
    assert received(store, a_draft(**texts))[1]


def test_neither_alarm_nor_symptom_is_not(store: Store) -> None:
    with pytest.raises(BadInput, match="is empty, and so is the alarm"):
        received(store, a_draft(alarm=" \n", symptom="\x00"))


def test_signs_that_no_database_takes_do_not_stop_a_draft(store: Store) -> None:
    kept, _ = received(store, a_draft(notes="a\x00b\ud800c\r\nd\te\u3000f"))
    assert kept.texts["notes"] == "a b\ufffdc\nd\te\u3000f"
    assert draft(store, ID).texts["notes"] == kept.texts["notes"]
    assert not received(store, a_draft(notes="a\x00b\ud800c\r\nd\te\u3000f"))[1]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        pytest.param(JPEG, "image/jpeg", id="jpeg"),
        pytest.param(PNG, "image/png", id="png"),
        pytest.param(WEBP, "image/webp", id="webp"),
        pytest.param(b"RIFF\x24\x00\x00\x00WAVEfmt ", None, id="sound in the same box"),
        pytest.param(b"GIF89a" + JPEG, None, id="gif"),
        pytest.param(b"<?xml version='1.0'?><svg/>", None, id="svg"),
        pytest.param(b" " + JPEG, None, id="one byte before"),
        pytest.param(b"\xff\xd8", None, id="cut off"),
        pytest.param(b"<html>", None, id="html"),
    ],
)
def test_a_photo_is_what_its_bytes_begin_with(content: bytes, wanted: str | None) -> None:
    assert media_type_of(content) == wanted


@given(st.text(max_size=200))
def test_cleaning_is_done_once_and_leaves_what_every_database_takes(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\x00" not in once
    once.encode()


def test_lists_are_by_state_and_the_latest_comes_first(store: Store) -> None:
    for number in range(1, 4):
        received(store, a_draft(number), now=NOON + timedelta(minutes=number))
    change_draft(store, a_draft(2).id, state="taken", note="", revision=None, who="编辑", now=NOON)
    assert [one.id for one in drafts(store)] == [a_draft(number).id for number in (3, 2, 1)]
    assert [one.id for one in drafts(store, state="new", page=2, size=1)] == [a_draft(1).id]
    assert [len(one.photos) for one in drafts(store, state="taken")] == [2]
    assert draft_counts(store) == {"new": 2, "taken": 1, "closed": 0}


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"state": "lost"}, "state is 'lost'"),
        ({"size": 0}, "size is 0"),
        ({"size": 201}, "size is 201"),
        ({"page": 0}, "page is 0"),
        ({"page": 202}, "page is 202"),
    ],
)
def test_a_list_out_of_bounds_is_refused(store: Store, asked: dict[str, object], match: str) -> None:
    with pytest.raises(BadQuery, match=match):
        drafts(store, **asked)  # type: ignore[arg-type]


def test_state_and_note_change_with_a_trace_and_never_over_anothers_change(store: Store) -> None:
    received(store, a_draft())
    changed = change_draft(store, ID, state="closed", note="CASE-SRV-09", revision=1, who="编辑", now=NOON)
    assert (changed.state, changed.note, changed.handled_by, changed.revision) == (
        "closed",
        "CASE-SRV-09",
        "编辑",
        2,
    )
    with pytest.raises(Conflict, match="revision 1 is now 2"):
        change_draft(store, ID, state="new", note="", revision=1, who="别人", now=NOON)
    same = change_draft(store, ID, state="closed", note="CASE-SRV-09", revision=2, who="别人", now=NOON)
    assert (same.revision, same.handled_by) == (2, "编辑")
    with store.reading() as session:
        (entry,) = audit.history(session, kind="drafts", thing_id=ID, limit=9)
        assert (entry.who, entry.before, entry.after) == (
            "编辑",
            {"state": "new", "note": ""},
            {"state": "closed", "note": "CASE-SRV-09"},
        )


def test_closing_needs_a_word(store: Store) -> None:
    received(store, a_draft())
    with pytest.raises(BadInput, match="say which case came of it"):
        change_draft(store, ID, state="closed", note=" ", revision=1, who="编辑", now=NOON)
    with pytest.raises(BadInput, match="has 501 characters"):
        change_draft(store, ID, state="taken", note="x" * 501, revision=1, who="编辑", now=NOON)


@pytest.mark.parametrize("id_", [ID, "nonsense", "", "\x00" * 36])
def test_what_is_not_there_is_not_found(store: Store, id_: str) -> None:
    with pytest.raises(NotFound, match="no draft has the id"):
        draft(store, id_)
    with pytest.raises(NotFound, match=r"no (?:draft|photo) has the id"):
        draft_photo(store, id_, 1)
    with pytest.raises(NotFound, match="no draft has the id"):
        change_draft(store, id_, state="new", note="", revision=None, who="编辑", now=NOON)


@pytest.mark.parametrize("position", [-1, 0, 3, 10**12])
def test_a_photo_that_is_not_there_is_not_found(store: Store, position: int) -> None:
    received(store, a_draft())
    with pytest.raises(NotFound, match="no photo has the id"):
        draft_photo(store, ID, position)


def test_the_phones_form_has_the_fields_and_bounds_of_the_service() -> None:
    assert {name: most for name, _, _, most in LABELS} == dict(FIELDS)
    assert [name for name, *_ in LABELS] == list(FIELDS)

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.faults.diagnosis import KnownCause, Picture, SolvedJob, diagnose, likeness

FAULT = Picture(
    alarm="SV0401",
    model="VMC850",
    controller="fanuc-0i",
    equipment_class="VMC",
    subsystem="AXS",
    failure_mode="ALM",
)


def job(number: int, cause: str, **picture: object) -> SolvedJob:
    return SolvedJob(id=f"j{number}", picture=replace(FAULT, **picture), cause=cause)  # type: ignore[arg-type]


def case(cause: str, rank: int = 1, minutes: float | None = None, **picture: object) -> KnownCause:
    return KnownCause(
        case_id="CASE-AXS-01",
        picture=replace(FAULT, **picture),  # type: ignore[arg-type]
        cause=cause,
        rank=rank,
        check=f"check {cause}",
        check_minutes=minutes,
    )


def test_nine_jobs_are_counted_by_their_causes() -> None:
    closed = [job(n, "contactor") for n in range(7)] + [job(7, "cable"), job(8, "drive")]
    found = diagnose(FAULT, jobs=closed, library=[])
    assert found.similar_jobs == 9
    assert found.counts == (("contactor", 7), ("cable", 1), ("drive", 1))
    assert [one.cause for one in found.causes] == ["contactor", "cable", "drive"]
    assert found.causes[0].probability == pytest.approx(7 / 9)


def test_without_own_jobs_the_library_speaks_in_its_order() -> None:
    found = diagnose(FAULT, jobs=[], library=[case("drive", 2), case("contactor", 1)])
    assert [one.cause for one in found.causes] == ["contactor", "drive"]
    assert found.similar_jobs == 0
    assert found.causes[0].cases == ("CASE-AXS-01",)


def test_few_own_jobs_do_not_silence_the_library_and_many_do() -> None:
    library = [case("contactor")]
    few = diagnose(FAULT, jobs=[job(1, "cable")], library=library)
    many = diagnose(FAULT, jobs=[job(n, "cable") for n in range(9)], library=library)
    assert few.causes[0].cause == "contactor"
    assert many.causes[0].cause == "cable"
    assert many.causes[1].probability > 0


def test_another_alarm_says_nothing_however_alike_the_machine_is() -> None:
    assert likeness(FAULT, replace(FAULT, alarm="SV0411")) == 0
    found = diagnose(FAULT, jobs=[job(1, "crash", alarm="SV0411")], library=[])
    assert found.causes == ()


def test_a_job_of_the_same_model_weighs_more_than_one_of_another() -> None:
    same, other = job(1, "cable"), job(2, "drive", model="T6", equipment_class="LAT")
    found = diagnose(FAULT, jobs=[other, same], library=[])
    assert [one.cause for one in found.causes] == ["cable", "drive"]
    assert found.causes[0].jobs == ("j1",)


def test_where_no_alarm_was_shown_the_words_of_the_customer_decide() -> None:
    symptom = Picture(equipment_class="DRO", subsystem="MEA", words=frozenset({"数显", "乱跳", "启动"}))
    jumps = replace(symptom, words=frozenset({"数显", "乱跳"}))
    dark = replace(symptom, words=frozenset({"黑屏", "不亮"}))
    found = diagnose(
        symptom,
        jobs=[SolvedJob(id="1", picture=dark, cause="fuse"), SolvedJob(id="2", picture=jumps, cause="earth")],
        library=[],
    )
    assert found.causes[0].cause == "earth"


def test_the_cheapest_decisive_check_comes_first() -> None:
    library = [case("drive", 1, minutes=120), case("plug", 2, minutes=5)]
    found = diagnose(FAULT, jobs=[], library=library)
    assert [one.cause for one in found.causes] == ["drive", "plug"]
    assert [one.cause for one in found.checks] == ["plug", "drive"]


def test_of_two_checks_of_a_cause_the_cheaper_is_taken() -> None:
    slow, quick = (
        case("drive", minutes=90),
        replace(case("drive", minutes=10), case_id="B", check="swap axes"),
    )
    (found,) = diagnose(FAULT, jobs=[], library=[slow, quick]).causes
    assert (found.check, found.check_minutes, found.cases) == ("swap axes", 10, ("B", "CASE-AXS-01"))


def test_nothing_known_gives_nothing() -> None:
    assert diagnose(Picture(), jobs=[job(1, "cable")], library=[case("drive")]).causes == ()


def test_wrong_checks_and_ranks_are_all_told() -> None:
    with pytest.raises(InvalidInput, match=r"takes 0 minutes.*ranks count from 1"):
        diagnose(FAULT, jobs=[], library=[case("drive", 0, minutes=0)])


CAUSES = st.sampled_from(["cable", "drive", "plug", "earth"])


@given(
    st.lists(
        st.tuples(CAUSES, st.sampled_from(["SV0401", ""]), st.sampled_from(["AXS", "ELE"])), max_size=12
    ),
    st.lists(st.tuples(CAUSES, st.integers(1, 4), st.integers(1, 200)), max_size=5),
)
def test_probabilities_add_up_and_the_order_of_jobs_does_not_matter(
    closed: list[tuple[str, str, str]], known: list[tuple[str, int, int]]
) -> None:
    jobs = [job(n, cause, alarm=alarm, subsystem=part) for n, (cause, alarm, part) in enumerate(closed)]
    library = [case(cause, rank, minutes) for cause, rank, minutes in known]
    found = diagnose(FAULT, jobs=jobs, library=library)
    assert not found.causes or sum(one.probability for one in found.causes) == pytest.approx(1)
    assert sorted(one.check_order for one in found.causes) == list(range(1, len(found.causes) + 1))
    again = diagnose(FAULT, jobs=reversed(jobs), library=reversed(library))
    assert [one.cause for one in again.checks] == [one.cause for one in found.checks]
    assert [one.probability for one in again.causes] == pytest.approx(
        [one.probability for one in found.causes]
    )
    assert all(0 <= likeness(FAULT, one.picture) <= 1 for one in jobs)

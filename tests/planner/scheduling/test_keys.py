"""Keys of occurrences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.model import Level
from planner.scheduling import OccurrenceKey, parsed_key


@given(plan_id=st.text(min_size=1), level=st.sampled_from(Level), k=st.integers(0, 9999))
def test_a_key_is_read_back_as_it_was_written(plan_id: str, level: Level, k: int) -> None:
    key = OccurrenceKey(plan_id=plan_id, level=level, k=k)
    assert parsed_key(str(key)) == key


@pytest.mark.parametrize("text", ["", "p", "p/monthly", "p/daily/1", "p/monthly/x"])
def test_a_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="must read plan/level/k"):
        parsed_key(text)

"""The planner's codes and the library's vocabularies are the same."""

from pathlib import Path

import yaml

from planner.model import EquipmentClass

VOCABULARIES = Path(__file__).parents[3] / "content" / "vocabularies"


def test_equipment_classes_are_those_of_the_vocabulary() -> None:
    known = yaml.safe_load((VOCABULARIES / "equipment_classes.yaml").read_text("utf-8"))
    assert {one.value for one in EquipmentClass} == set(known)

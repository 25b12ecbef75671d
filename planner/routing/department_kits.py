"""Kits of a department in numbers: which stop needs which, and how many of each can be carried on each day."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from planner.model import DueWork
from planner.routing.board import Board
from planner.routing.department_slots import SlotTable
from planner.routing.problem import Kits
from planner.routing.setting import Setting


def department_kits(board: Board, work: Sequence[DueWork], table: SlotTable, setting: Setting) -> Kits | None:
    """Return the kits that `work` needs; None where it needs none.

    A technician who has a kit for a locked visit has it for the whole day: the first stop that stands on that day says
    so. Where such a day is not searched at all, there is one less for the others.
    """
    ids = sorted(frozenset[str]().union(*(one.needs.kits for one in work)))
    if not ids:
        return None
    needs = np.zeros((len(work) + len(table.fixed), len(ids)), np.bool_)
    limit = np.zeros((table.day_count, len(ids)), np.int64)
    first_fixed: dict[int, int] = {}
    for position, stop in enumerate(table.fixed, len(work)):
        first_fixed.setdefault(stop.slot, position)
    for task, one in enumerate(work):
        needs[task] = [kit in one.needs.kits for kit in ids]
    for column, kit_id in enumerate(ids):
        kit = setting.kits.get(kit_id)
        limit[:, column] = kit.owned if kit is not None else 0
        for away in range(table.day_count):
            day = table.first_day + timedelta(days=away)
            for technician_id in board.carriers(kit_id, day):
                position = first_fixed.get(table.rows.get((technician_id, day), -1), -1)
                if position >= 0:
                    needs[position, column] = True
                else:
                    limit[away, column] = max(0, limit[away, column] - 1)
    return Kits(needs=needs, limit=limit)

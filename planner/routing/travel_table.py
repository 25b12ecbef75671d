"""All ways between a department's places at once, as the search reads them; equal to `Travel`, way by way."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.model import Position
from planner.routing.travel import EARTH_RADIUS_M, TravelRule, unit_vector

_ROWS_AT_ONCE = 256
"""Rows worked out together: 2,000 places in one go would need 100 MB for what is thrown away at once."""


def minutes_table(
    places: Sequence[str], positions: Mapping[str, Position | None], rule: TravelRule
) -> NDArray[np.float64]:
    """Return the travel time in whole minutes from each place to each, in the order of `places`.

    Args:
        places: Names, each once.
        positions: Where each place is; None where nobody knows.
        rule: What is assumed about the roads.
    """
    vectors = [unit_vector(positions[one]) for one in places]
    known = np.array([one is not None for one in vectors])
    points = np.array([one if one is not None else (0.0, 0.0, 0.0) for one in vectors]).reshape(-1, 3)
    table = np.empty((len(places), len(places)))
    for first in range(0, len(places), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        chord = np.sqrt(((points[rows, None, :] - points[None, :, :]) ** 2).sum(axis=2))
        road_m = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, chord / 2)) * rule.detour
        road_m = np.round(road_m, 2)
        near = np.minimum(road_m, rule.near_m)
        minutes = near * 0.06 / rule.near_km_h + (road_m - near) * 0.06 / rule.far_km_h
        table[rows] = np.ceil(np.round(minutes, 6))
    table[~known, :] = rule.unknown_minutes
    table[:, ~known] = rule.unknown_minutes
    row = {one: number for number, one in enumerate(places)}
    for (one, other), (minutes_known, _) in rule.ways.items():
        if one in row and other in row:
            table[row[one], row[other]] = table[row[other], row[one]] = minutes_known
    np.fill_diagonal(table, 0)
    row = {one: number for number, one in enumerate(places)}
    for (one, other), (minutes, _) in rule.ways.items():
        if one in row and other in row:
            table[row[one], row[other]] = table[row[other], row[one]] = minutes
    return table

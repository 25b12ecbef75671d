"""How far and how long from one place to another, without a road map: the great circle, longer by a detour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import asin, ceil, cos, radians, sin, sqrt

from planner.errors import InvalidInput
from planner.model import Position
from planner.routing.positions import to_wgs84

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the earth (IUGG)."""
_UnitVector = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelRule:
    """What is assumed about the roads. These are assumptions, stated here and nowhere else.

    Args:
        detour: Road length over great circle. 1.3: published ratios lie near 1.2 inside cities (Newell 1980)
            and up to 1.4 between them.
        near_m: Road metres of a way that are driven at the slower speed: through the towns at its two ends.
        near_km_h: Speed on them.
        far_km_h: Speed on the rest, mostly expressway.
        unknown_minutes: A way to or from a site whose position the register does not know.
        ways: Minutes and metres that are known better, by the two names of places in alphabetical order
            (`home:…` before `site:…`); they hold in both directions and go before everything above.

    Raises:
        InvalidInput: A detour below 1, a speed that is not positive, or a way shorter than nothing.
    """

    detour: float = 1.3
    near_m: int = 30_000
    near_km_h: float = 35.0
    far_km_h: float = 80.0
    unknown_minutes: int = 60
    ways: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict, hash=False, repr=False)

    def __post_init__(self) -> None:
        faults = []
        if self.detour < 1:
            faults.append(
                f"detour is {self.detour}; a road is at least as long as the great circle: 1 or more"
            )
        for name in ("near_km_h", "far_km_h"):
            if getattr(self, name) <= 0:
                faults.append(f"{name} is {getattr(self, name)}; a speed must be above 0")
        for name in ("near_m", "unknown_minutes"):
            if getattr(self, name) < 0:
                faults.append(f"{name} is {getattr(self, name)}; it must not be negative")
        for (one, other), (minutes, metres) in self.ways.items():
            if one >= other:
                faults.append(f"the way {one} – {other} must name its places in alphabetical order")
            if minutes < 0 or metres < 0:
                faults.append(
                    f"the way {one} – {other} has {minutes} min, {metres} m; it must not be negative"
                )
        if faults:
            raise InvalidInput(faults)

    def minutes(self, road_m: float) -> float:
        """Return the time for `road_m` of road; the farther, the faster on average, so detours never pay."""
        near = min(road_m, self.near_m)
        return near * 0.06 / self.near_km_h + (road_m - near) * 0.06 / self.far_km_h


DEFAULT_RULE = TravelRule()


class Travel:
    """Ways between named places; each is worked out once.

    Args:
        positions: Where each place is; None where nobody knows.
        rule: What is assumed about the roads.
    """

    def __init__(self, positions: Mapping[str, Position | None], rule: TravelRule = DEFAULT_RULE) -> None:
        self.rule = rule
        self._vectors = {one: unit_vector(position) for one, position in positions.items()}
        self._ways: dict[tuple[str, str], tuple[int, int]] = {}

    def metres(self, one: str, other: str) -> int:
        """Return the road length, rounded; 0 where a position is unknown."""
        return self._way(one, other)[1]

    def minutes(self, one: str, other: str) -> int:
        """Return the travel time in whole minutes, rounded up; 0 only from a place to itself."""
        return self._way(one, other)[0]

    def knows(self, place: str) -> bool:
        """Whether the place's position is known."""
        return self._vectors[place] is not None

    def _way(self, one: str, other: str) -> tuple[int, int]:
        key = (one, other) if one <= other else (other, one)
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = self.rule.ways.get(key) or self._measured(one, other)
        return way

    def _measured(self, one: str, other: str) -> tuple[int, int]:
        if one == other:
            return 0, 0
        here, there = self._vectors[one], self._vectors[other]
        if here is None or there is None:
            return self.rule.unknown_minutes, 0
        chord = sqrt(sum((a - b) ** 2 for a, b in zip(here, there, strict=True)))
        road_m = 2 * EARTH_RADIUS_M * asin(min(1.0, chord / 2)) * self.rule.detour
        # Rounding to the centimetre first keeps a way of exactly 30 minutes from becoming 31.
        return ceil(round(self.rule.minutes(round(road_m, 2)), 6)), round(road_m)


def unit_vector(position: Position | None) -> _UnitVector | None:
    """Return the point on the unit sphere, in WGS-84; None where nobody knows it."""
    if position is None:
        return None
    exact = to_wgs84(position)
    latitude, longitude = radians(exact.latitude_deg), radians(exact.longitude_deg)
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)

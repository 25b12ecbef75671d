"""What planning assumes about the roads: the default rule, and every way that people or a road service know better."""

from kb.store.register import Session
from kb.store.travel import known_ways
from planner.model import Position
from planner.routing import DEFAULT_RULE, TravelRule, to_wgs84


def travel_rule(session: Session) -> TravelRule:
    """Return the rule in force; what a person typed goes before what a road service told."""
    ways = {(one, other): (minutes, metres) for one, other, _, minutes, metres, _ in known_ways(session)}
    return TravelRule(ways=ways) if ways else DEFAULT_RULE


def spot_of(position: Position) -> str:
    """Return a position as `121.47370,31.23040` in WGS-84: east before north, to a metre, as road services write it."""
    exact = to_wgs84(position)
    return f"{exact.longitude_deg:.5f},{exact.latitude_deg:.5f}"

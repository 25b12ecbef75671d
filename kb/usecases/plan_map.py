"""Sites, homes and routes as points of a picture: Web Mercator, drawn by the server, with or without tiles beneath.

Source:
    Spherical Mercator as all tiled web maps use it (EPSG:3857).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import asinh, floor, log2, pi, radians, tan

from kb.errors import NotFound
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_versions import GONE
from kb.usecases.plan_words import hours_text
from planner.model import Position, Visit
from planner.routing import to_wgs84

WIDTH = 1000.0
"""Width of the picture in its own units."""
LEAST_HEIGHT, MOST_HEIGHT = 420.0, 640.0
MARGIN = 40.0
COLOURS = 12
"""Colours that are told apart; beyond, the line's pattern changes."""
PATTERNS = 5
TILE = 256
MOST_ZOOM = 16
LAST_LATITUDE = 85.0511287798
"""Where the square map of the world ends, in degrees."""
SMALLEST_SPAN = 2e-5
"""Of the world's width, some 800 m: a department in one yard is not drawn larger than that."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSite:
    """A site: its point, and how many visits it has in the days shown."""

    id: str
    code: str
    name: str
    customer: str
    at: Point
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapStop:
    """A stop of a route, counted from 1."""

    number: int
    key: str
    site_id: str
    name: str
    hours: str
    at: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRoute:
    """One technician's way of one day, from home to home.

    Args:
        colour: 0 to `COLOURS` − 1.
        pattern: 0 to `PATTERNS` − 1; the line is dashed from 1 on.
        unknown: Stops whose position nobody knows; the line passes over them.
    """

    technician_id: str
    name: str
    day: date
    colour: int
    pattern: int
    points: tuple[Point, ...]
    stops: tuple[MapStop, ...]
    unknown: int
    travel_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapTile:
    """One tile: its numbers, and where it lies in the picture."""

    zoom: int
    x: int
    y: int
    at: Point
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMap:
    """The picture.

    Args:
        people: Everybody who has a home: id, name, colour, pattern, point.
        unknown: Sites without a position, which are not in the picture.
    """

    width: float
    height: float
    sites: tuple[MapSite, ...]
    people: tuple[tuple[str, str, int, int, Point], ...]
    routes: tuple[MapRoute, ...]
    unknown: tuple[str, ...]
    tiles: tuple[MapTile, ...] = ()


def plan_map(
    book: PlanBook, first: date, last: date, *, technician_id: str | None = None, tiled: bool = False
) -> PlanMap:
    """Return the picture of the days from `first` to `last`, both included.

    Args:
        book: The plan.
        first, last: The days whose routes are drawn.
        technician_id: Only this one's routes; None draws everybody's.
        tiled: Whether tiles are wanted beneath.

    Raises:
        NotFound: Nobody has the id.
    """
    if technician_id is not None and technician_id not in book.technicians:
        raise NotFound("technician", technician_id)
    order = sorted(book.technicians, key=lambda one: (book.code("technicians", one), one))
    style = {one: (number % COLOURS, number // COLOURS % PATTERNS) for number, one in enumerate(order)}
    flat = {id: mercator(site.position) for id, site in book.sites.items() if site.position is not None}
    homes = {id: mercator(person.home) for id, person in book.technicians.items()}
    shown = [
        visit
        for visit in book.presences
        if first <= visit.day <= last
        and visit.state not in GONE
        and technician_id in (None, visit.technician_id)
    ]
    points = [*flat.values(), *homes.values()]
    if technician_id is not None:
        # One technician's ways fill the picture; what lies outside of it is drawn all the same.
        points = [homes[technician_id], *(flat[visit.site_id] for visit in shown if visit.site_id in flat)]
    frame = _Frame(points)
    at = {id: frame.point(one) for id, one in flat.items()}
    counts: dict[str, int] = defaultdict(int)
    for visit in shown:
        counts[visit.site_id] += 1
    return PlanMap(
        width=WIDTH,
        height=frame.height,
        sites=tuple(
            MapSite(
                id=id,
                code=book.code("sites", id),
                name=book.site_name(id),
                customer=book.customer_name(id),
                at=at[id],
                visits=counts[id],
            )
            for id in sorted(at, key=lambda one: (counts[one], one))
        ),
        people=tuple(
            (one, book.technician_name(one), *style[one], frame.point(homes[one]))
            for one in order
            if technician_id in (None, one)
        ),
        routes=_routes(book, shown, style, at, {id: frame.point(one) for id, one in homes.items()}),
        unknown=tuple(sorted(book.site_name(id) for id in book.sites if id not in at)),
        tiles=frame.tiles() if tiled else (),
    )


def mercator(position: Position) -> Point:
    """Return a position on the square map of the world: x and y from 0 to 1, from the north-western corner."""
    exact = to_wgs84(position)
    latitude = radians(max(min(exact.latitude_deg, LAST_LATITUDE), -LAST_LATITUDE))
    return (exact.longitude_deg + 180) / 360, (1 - asinh(tan(latitude)) / pi) / 2


def _routes(
    book: PlanBook,
    visits: Iterable[Visit],
    style: dict[str, tuple[int, int]],
    at: dict[str, Point],
    homes: dict[str, Point],
) -> tuple[MapRoute, ...]:
    days: dict[tuple[date, str], list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.technician_id in style:
            days[visit.day, visit.technician_id or ""].append(visit)
    routes = []
    for (day, one), stops in sorted(days.items()):
        stops.sort(key=lambda visit: (hours_text(visit.hours), visit.key))
        known = [visit for visit in stops if visit.site_id in at]
        routes.append(
            MapRoute(
                technician_id=one,
                name=book.technician_name(one),
                day=day,
                colour=style[one][0],
                pattern=style[one][1],
                points=(homes[one], *(at[visit.site_id] for visit in known), homes[one]),
                stops=tuple(
                    MapStop(
                        number=number,
                        key=visit.key,
                        site_id=visit.site_id,
                        name=book.site_name(visit.site_id),
                        hours=hours_text(visit.hours),
                        at=at[visit.site_id],
                    )
                    for number, visit in enumerate(stops, 1)
                    if visit.site_id in at
                ),
                unknown=len(stops) - len(known),
                travel_minutes=round(sum(visit.travel.total_seconds() for visit in stops) / 60),
            )
        )
    return tuple(routes)


class _Frame:
    """Which part of the world the picture shows, and how large."""

    def __init__(self, points: Sequence[Point]) -> None:
        xs, ys = [one[0] for one in points] or [0.5], [one[1] for one in points] or [0.5]
        self._x, self._y = min(xs), min(ys)
        wide, high = max(max(xs) - self._x, SMALLEST_SPAN), max(max(ys) - self._y, SMALLEST_SPAN)
        inner = WIDTH - 2 * MARGIN
        self._scale = min(inner / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
        self.height = round(max(high * self._scale + 2 * MARGIN, LEAST_HEIGHT), 1)
        self._x -= (WIDTH / self._scale - (max(xs) - self._x)) / 2
        self._y -= (self.height / self._scale - (max(ys) - self._y)) / 2

    def point(self, flat: Point) -> Point:
        """Return where a point of the world lies in the picture."""
        return round((flat[0] - self._x) * self._scale, 1), round((flat[1] - self._y) * self._scale, 1)

    def tiles(self) -> tuple[MapTile, ...]:
        """Return the tiles that cover the picture, each some 256 units wide."""
        zoom = min(max(round(log2(self._scale / TILE)), 0), MOST_ZOOM)
        count = 2**zoom
        size = self._scale / count
        columns = range(
            max(floor(self._x * count), 0), min(floor((self._x + WIDTH / self._scale) * count) + 1, count)
        )
        rows = range(
            max(floor(self._y * count), 0),
            min(floor((self._y + self.height / self._scale) * count) + 1, count),
        )
        return tuple(
            MapTile(zoom=zoom, x=x, y=y, at=self.point((x / count, y / count)), size=round(size, 1))
            for y in rows
            for x in columns
        )

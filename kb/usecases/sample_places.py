"""Where the sample department's customers and technicians are: cities of the two deltas, true to about a kilometre.

Positions are public geography (WGS-84, centre of the built-up area, rounded to 2 to 3 decimals); everything that
stands there in the sample is invented.
"""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Literal

Region = Literal["yangtze", "pearl"]
REGIONS: tuple[Region, ...] = ("yangtze", "pearl")
EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Place:
    """A city or an industrial district of one.

    Args:
        region: The delta it lies in.
        province: Its province or municipality, as written in an address.
        city: The city, as lists filter by it.
        district: The district, county-level city or town; empty for the city's centre.
        latitude_deg: Degrees north, WGS-84.
        longitude_deg: Degrees east, WGS-84.
        weight: How many of the sample's sites are here, relative to the others.
    """

    region: Region
    province: str
    city: str
    district: str
    latitude_deg: float
    longitude_deg: float
    weight: int

    @property
    def label(self) -> str:
        """City and district in one word, without saying a name twice."""
        return f"{self.city}{self.district}"


PLACES: tuple[Place, ...] = (
    Place("yangtze", "上海市", "上海", "浦东", 31.22, 121.54, 3),
    Place("yangtze", "上海市", "上海", "嘉定", 31.375, 121.265, 4),
    Place("yangtze", "上海市", "上海", "松江", 31.03, 121.23, 4),
    Place("yangtze", "上海市", "上海", "闵行", 31.11, 121.38, 3),
    Place("yangtze", "上海市", "上海", "青浦", 31.15, 121.12, 2),
    Place("yangtze", "江苏省", "苏州", "", 31.299, 120.585, 4),
    Place("yangtze", "江苏省", "苏州", "昆山", 31.385, 120.981, 6),
    Place("yangtze", "江苏省", "苏州", "太仓", 31.458, 121.13, 3),
    Place("yangtze", "江苏省", "苏州", "常熟", 31.654, 120.752, 3),
    Place("yangtze", "江苏省", "苏州", "张家港", 31.876, 120.556, 2),
    Place("yangtze", "江苏省", "苏州", "吴江", 31.138, 120.645, 3),
    Place("yangtze", "江苏省", "无锡", "", 31.491, 120.312, 5),
    Place("yangtze", "江苏省", "无锡", "江阴", 31.92, 120.285, 3),
    Place("yangtze", "江苏省", "无锡", "宜兴", 31.34, 119.823, 2),
    Place("yangtze", "江苏省", "常州", "", 31.811, 119.974, 4),
    Place("yangtze", "江苏省", "常州", "溧阳", 31.416, 119.484, 1),
    Place("yangtze", "江苏省", "南京", "", 32.06, 118.797, 2),
    Place("yangtze", "江苏省", "南京", "江宁", 31.953, 118.84, 3),
    Place("yangtze", "江苏省", "镇江", "", 32.188, 119.425, 1),
    Place("yangtze", "江苏省", "扬州", "", 32.394, 119.413, 1),
    Place("yangtze", "江苏省", "泰州", "", 32.455, 119.923, 1),
    Place("yangtze", "江苏省", "南通", "", 31.98, 120.894, 2),
    Place("yangtze", "浙江省", "杭州", "", 30.274, 120.155, 2),
    Place("yangtze", "浙江省", "杭州", "萧山", 30.185, 120.264, 4),
    Place("yangtze", "浙江省", "杭州", "临平", 30.419, 120.299, 2),
    Place("yangtze", "浙江省", "嘉兴", "", 30.746, 120.756, 3),
    Place("yangtze", "浙江省", "嘉兴", "平湖", 30.676, 121.015, 2),
    Place("yangtze", "浙江省", "嘉兴", "海宁", 30.511, 120.681, 2),
    Place("yangtze", "浙江省", "湖州", "", 30.894, 120.087, 2),
    Place("yangtze", "浙江省", "绍兴", "", 30.03, 120.58, 2),
    Place("yangtze", "浙江省", "宁波", "", 29.868, 121.544, 3),
    Place("yangtze", "浙江省", "宁波", "慈溪", 30.17, 121.266, 3),
    Place("yangtze", "浙江省", "宁波", "余姚", 30.037, 121.154, 3),
    Place("yangtze", "浙江省", "台州", "", 28.656, 121.421, 2),
    Place("yangtze", "浙江省", "台州", "温岭", 28.372, 121.386, 2),
    Place("yangtze", "浙江省", "金华", "", 29.079, 119.647, 1),
    Place("yangtze", "浙江省", "金华", "永康", 28.888, 120.047, 1),
    Place("yangtze", "安徽省", "合肥", "", 31.821, 117.227, 2),
    Place("yangtze", "安徽省", "芜湖", "", 31.353, 118.433, 1),
    Place("pearl", "广东省", "广州", "", 23.129, 113.264, 2),
    Place("pearl", "广东省", "广州", "番禺", 22.937, 113.384, 3),
    Place("pearl", "广东省", "广州", "南沙", 22.802, 113.525, 2),
    Place("pearl", "广东省", "广州", "黄埔", 23.106, 113.459, 4),
    Place("pearl", "广东省", "广州", "花都", 23.404, 113.22, 2),
    Place("pearl", "广东省", "广州", "增城", 23.261, 113.811, 2),
    Place("pearl", "广东省", "深圳", "宝安", 22.555, 113.884, 5),
    Place("pearl", "广东省", "深圳", "龙岗", 22.721, 114.248, 3),
    Place("pearl", "广东省", "深圳", "光明", 22.749, 113.936, 3),
    Place("pearl", "广东省", "东莞", "", 23.021, 113.752, 4),
    Place("pearl", "广东省", "东莞", "长安", 22.804, 113.803, 5),
    Place("pearl", "广东省", "东莞", "虎门", 22.815, 113.672, 3),
    Place("pearl", "广东省", "佛山", "", 23.022, 113.122, 3),
    Place("pearl", "广东省", "佛山", "顺德", 22.805, 113.293, 5),
    Place("pearl", "广东省", "佛山", "南海", 23.029, 113.143, 4),
    Place("pearl", "广东省", "中山", "", 22.517, 113.393, 3),
    Place("pearl", "广东省", "中山", "小榄", 22.667, 113.244, 2),
    Place("pearl", "广东省", "珠海", "", 22.271, 113.577, 1),
    Place("pearl", "广东省", "珠海", "斗门", 22.209, 113.296, 1),
    Place("pearl", "广东省", "江门", "", 22.579, 113.082, 2),
    Place("pearl", "广东省", "惠州", "", 23.112, 114.416, 2),
    Place("pearl", "广东省", "肇庆", "", 23.047, 112.465, 1),
)

HOMES: dict[Region, tuple[str, ...]] = {
    "yangtze": (
        "苏州", "上海松江", "无锡", "杭州萧山", "宁波慈溪", "常州", "南京江宁", "上海嘉定", "嘉兴",
        "苏州昆山", "台州", "南通", "绍兴", "湖州", "合肥", "金华", "扬州", "宁波", "苏州张家港",
        "上海浦东", "芜湖", "无锡宜兴", "台州温岭", "金华永康", "常州溧阳",
    ),
    "pearl": (
        "东莞长安", "佛山顺德", "广州黄埔", "深圳宝安", "中山", "惠州", "佛山南海", "深圳龙岗", "江门",
        "东莞", "珠海", "广州番禺", "肇庆", "广州花都", "广州增城",
    ),
}  # fmt: skip
"""Where technicians live, in the order in which a growing department hires: spread first, then denser."""


def place_named(label: str) -> Place:
    """Return the place that is called `label`."""
    return next(place for place in PLACES if place.label == label)


def distance_km(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Return the great-circle distance between two points in degrees (haversine)."""
    north, east = radians(latitude_b - latitude_a), radians(longitude_b - longitude_a)
    chord = sin(north / 2) ** 2 + cos(radians(latitude_a)) * cos(radians(latitude_b)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(chord))

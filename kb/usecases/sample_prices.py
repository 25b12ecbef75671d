"""The sample's price book: round numbers that say of themselves that they are a sample, so that a proposal can be tried."""

from collections.abc import Mapping
from typing import Any

from kb.usecases.price_book import read_body
from kb.usecases.sample_data import SAMPLE_MARK

NOTE = f"{SAMPLE_MARK}：数字均为示例，请改成本部门的价格 · sample figures; write your own"


def price_book_body() -> Mapping[str, Any]:
    """Return the sample's price book as it is kept."""
    return read_body(
        {
            "labour_hour": 200,
            "travel_hour": 100,
            "kilometre": 2,
            "margin_percent": 10,
            "risk_percent": 20,
            "repair_hours": 4,
            "repair_parts": 1000,
            "parts": [
                {
                    "name": f"{SAMPLE_MARK}滤芯",
                    "part_class": "maintenance",
                    "every_months": 12,
                    "price": 100,
                }
            ],
            "terms": {
                "inspection": {"exclusions": [f"{SAMPLE_MARK}：故障维修的人工与零件"]},
                "labour": {
                    "response_hours": 4,
                    "arrival_hours": 16,
                    "exclusions": [f"{SAMPLE_MARK}：零件与耗材"],
                },
                "all_in": {
                    "response_hours": 2,
                    "arrival_hours": 8,
                    "exclusions": [f"{SAMPLE_MARK}：误操作与碰撞"],
                },
            },
        }
    )

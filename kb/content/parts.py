"""What every front-matter model is made of: the closed base, ids, texts."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

PageId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*(-[A-Za-z0-9]+)+$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Part(BaseModel):
    """Base of every front-matter model: frozen, and closed against unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

"""What every front-matter model is made of: the closed base, ids, texts."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

PageId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*(-[A-Za-z0-9]+)+$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Part(BaseModel):
    """Base of every front-matter model: frozen, and closed against unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_post_init(self, context: object, /) -> None:
        """Share the set of the fields that were given with all parts that were given the same.

        A set of its own is a third of what a page takes in memory, ten parts a page; nothing changes it, as parts are
        frozen and a copy of one copies it.
        """
        given = self.__pydantic_fields_set__
        object.__setattr__(self, "__pydantic_fields_set__", _GIVEN.setdefault(frozenset(given), given))


_GIVEN: dict[frozenset[str], set[str]] = {}
"""The sets of given fields there are, a few hundred however many pages; each once."""

"""Is a machine affected by a bulletin? Yes, no, or to be checked: what is not known never rules a machine out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from planner.errors import InvalidInput
from planner.faults.versions import in_range, is_version


class Affected(StrEnum):
    """What a rule says of a machine."""

    YES = "yes"
    NO = "no"
    CHECK = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRule:
    """Which machines a bulletin is about; what is empty selects nothing out.

    Args:
        models: Models, any of them; a star at the end stands for any ending.
        software: Name of a piece of software, as the register has it.
        first, last: Versions of it, both included.

    Raises:
        InvalidInput: A version without the software's name, or one that nobody can compare.
    """

    brand: str = ""
    models: tuple[str, ...] = ()
    controller: str = ""
    software: str = ""
    first: str = ""
    last: str = ""

    def __post_init__(self) -> None:
        """Check it."""
        faults = [
            f"version {version!r} has no number; write one as the control shows it"
            for version in (self.first, self.last)
            if version and not is_version(version)
        ]
        if (self.first or self.last) and not self.software.strip():
            faults.append("a range of versions needs the name of the software")
        if self.first and self.last and not faults and in_range(self.first, last=self.last) is False:
            faults.append(f"the versions run from {self.first} to {self.last}; the first is the newer one")
        if not any((self.brand, self.models, self.controller, self.software)):
            faults.append("the rule names nothing; give brand, model, control or software")
        if faults:
            raise InvalidInput(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a rule says of a machine, and what it was told by: names of the fields that ruled it out or are open."""

    affected: Affected
    fields: tuple[str, ...] = ()


class RuleJudge:
    """Judges the machines of a fleet by one rule; what two machines have in common is looked at once.

    Args:
        rule: The rule.
    """

    def __init__(self, rule: CampaignRule) -> None:
        self._rule = rule
        self._brands: dict[str, bool | None] = {}
        self._models: dict[str, bool | None] = {}
        self._controllers: dict[str, bool | None] = {}
        self._software: dict[tuple[tuple[str, str], ...], bool | None] = {}
        self._judged: dict[tuple[bool | None, ...], Judged] = {}

    def rules_brand_out(self, brand: str) -> bool:
        """Return whether no machine of a brand is affected, whatever else is known of it."""
        if brand not in self._brands:
            self._brands[brand] = _named((self._rule.brand,) if self._rule.brand else (), brand)
        return self._brands[brand] is False

    def judge(
        self, *, brand: str, model: str, controller: str, software: tuple[tuple[str, str], ...]
    ) -> Judged:
        """Return whether a machine is affected; a field that the register leaves empty is to be checked."""
        self.rules_brand_out(brand)
        if model not in self._models:
            self._models[model] = _named(self._rule.models, model)
        if controller not in self._controllers:
            wanted = (self._rule.controller,) if self._rule.controller else ()
            self._controllers[controller] = _named(wanted, controller)
        if software not in self._software:
            self._software[software] = _software(self._rule, software)
        told = (
            self._brands[brand],
            self._models[model],
            self._controllers[controller],
            self._software[software],
        )
        if told not in self._judged:
            self._judged[told] = _judged(told)
        return self._judged[told]


def judge(
    rule: CampaignRule, *, brand: str, model: str, controller: str, software: Sequence[tuple[str, str]]
) -> Judged:
    """Return whether a machine is affected; a field that the register leaves empty is to be checked."""
    return RuleJudge(rule).judge(brand=brand, model=model, controller=controller, software=tuple(software))


def _judged(told: Sequence[bool | None]) -> Judged:
    names = ("brand", "model", "controller", "software")
    out = tuple(name for name, said in zip(names, told, strict=True) if said is False)
    if out:
        return Judged(affected=Affected.NO, fields=out)
    unknown = tuple(name for name, said in zip(names, told, strict=True) if said is None)
    return Judged(affected=Affected.CHECK if unknown else Affected.YES, fields=unknown)


def _named(wanted: Sequence[str], own: str) -> bool | None:
    if not wanted:
        return True
    name = _plain(own)
    if not name:
        return None
    return any(
        name.startswith(_plain(one[:-1])) if one.endswith("*") else name == _plain(one) for one in wanted
    )


def _software(rule: CampaignRule, software: Sequence[tuple[str, str]]) -> bool | None:
    if not rule.software:
        return True
    said = [
        in_range(version, first=rule.first, last=rule.last) if version.strip() else None
        for name, version in software
        if _plain(name) == _plain(rule.software)
    ]
    if not rule.first and not rule.last:
        return True if said else None
    if not said or None in said:
        return True if True in said else None
    return any(said)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())

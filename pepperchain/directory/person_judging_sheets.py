"""Judging rows of people: whether somebody of that name is in the household already, and what the row would change of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import clock
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.words import N_
from pepperchain.directory import (
    home_finding_sheets,
    matching_queries,
    people,
    rules,
)
from pepperchain.directory.duplicates import fingerprint_of
from pepperchain.directory.forms import Person
from pepperchain.directory.home_finding_sheets import Named, household_of
from pepperchain.directory.matching_queries import Match, Matches, Snapshot
from pepperchain.directory.people import Particulars
from pepperchain.directory.people_lists import SECRETS
from pepperchain.directory.sheet_rules import spoken
from pepperchain.excel.judging import (
    Change,
    Checker,
    Judged,
    Plain,
    Verdict,
)
from pepperchain.excel.reader import StagedRow
from pepperchain.web.forms import read

NAMED = Named(name="head", phone="head_phone")
OPEN = ("name", "sex", "born_on", "phone", "has_smartphone")
_HINTS = {"id_number": rules.id_number_hint, "bank_card": rules.bank_card_hint}


@dataclass(slots=True)
class _Looked:
    """What the register knows of a chunk's rows."""

    homes: home_finding_sheets.Found
    members: Mapping[int, list[Snapshot]] = field(default_factory=dict)
    numbers: Matches = field(default_factory=dict)
    heads: Mapping[int, int] = field(default_factory=dict)


class PersonChecker(Checker):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._today = clock.local_day(now)
        self._rows: dict[tuple[int, str], int] = {}
        self._fresh: dict[int, int] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        homes = await home_finding_sheets.look_up(self._actor, rows, NAMED)
        known = await matching_queries.households_as_they_are(homes.households)
        looked = _Looked(
            homes,
            await matching_queries.members_of(homes.households),
            await matching_queries.by_id_number({number for row in rows if (number := _hash(row))}),
            {id: home["head_id"] for id, home in known.items()},
        )
        return [self._judge(row, looked) for row in rows]

    def _judge(self, row: StagedRow, looked: _Looked) -> Judged:
        wrong: list[Refused] = []
        home, member = self._of(row, looked, wrong)
        person = self._particulars(row, member, wrong)
        if home is not None and person is not None:
            wrong += self._against(row, home, member, looked)
        if wrong or home is None or person is None:
            return Judged(verdict=Verdict.WRONG, title=_title(row), refusals=_first_of_each(wrong))
        secrets = {name: getattr(person, name) for name in SECRETS if getattr(person, name) is not None}
        told = _plain(person)
        if member is None:
            self._fresh[home.household_id] = self._fresh.get(home.household_id, 0) + 1
            ready = {"household": home.household_id, "person": told}
            return Judged(verdict=Verdict.CREATE, title=_title(row), ready=ready, secrets=secrets)
        return _changed(row, member, told, secrets)

    def _of(
        self, row: StagedRow, looked: _Looked, wrong: list[Refused]
    ) -> tuple[Match | None, Snapshot | None]:
        """The household of a row, and who of it is meant if they are there already."""
        try:
            home = household_of(row, looked.homes, NAMED)
        except Refused as refused:
            wrong.append(refused)
            return None, None
        name = spoken(str(row.values.get("name") or ""))
        alike = [each for each in looked.members.get(home.household_id, []) if spoken(each["name"]) == name]
        number = _hash(row)
        if len(alike) > 1 and number is not None:
            alike = [each for each in alike if each["id_number_hash"] == number] or alike
        if len(alike) > 1:
            wrong.append(
                Refused(
                    N_("Several people of this household have that name: correct them on its page."), "name"
                )
            )
        return home, alike[0] if len(alike) == 1 else None

    def _particulars(
        self, row: StagedRow, member: Snapshot | None, wrong: list[Refused]
    ) -> Particulars | None:
        """The room's own form of the row over what is known, checked by its rules."""
        said = {name: row.values[name] for name in (*OPEN, *SECRETS) if row.values.get(name) is not None}
        try:
            return people.checked(read(Person, {**_known(member), **said}).particulars(), today=self._today)
        except Invalid as invalid:
            wrong += invalid.errors
        except Refused as refused:
            wrong.append(refused)
        return None

    def _against(
        self, row: StagedRow, home: Match, member: Snapshot | None, looked: _Looked
    ) -> list[Refused]:
        """What speaks against it, though every cell is good."""
        found: list[Refused] = []
        key = (home.household_id, spoken(str(row.values.get("name") or "")))
        if (earlier := self._rows.setdefault(key, row.row_number)) != row.row_number:
            found.append(Refused(N_("This person is in row %(row)s already."), "name", row=str(earlier)))
        role, is_head = (
            row.values.get("role"),
            member is not None and looked.heads[home.household_id] == member["id"],
        )
        if role is not None and (role == "head") != is_head:
            found.append(Refused(N_("Who heads a household is changed on its page, not in a sheet."), "role"))
        others = [
            each
            for each in looked.numbers.get(_hash(row) or "", [])
            if member is None or each.person_id != member["id"]
        ]
        if others:
            found.append(Refused(N_("Somebody with this ID number is entered already."), "id_number"))
        there = len(looked.members.get(home.household_id, [])) + self._fresh.get(home.household_id, 0)
        if member is None and there >= people.PEOPLE_MAX:
            found.append(
                Refused(N_("A household has at most %(most)s people."), "name", most=people.PEOPLE_MAX)
            )
        return found


def _changed(
    row: StagedRow, member: Snapshot, told: Mapping[str, Plain], secrets: Mapping[str, str]
) -> Judged:
    was = _known(member)
    differs = {name: value for name, value in told.items() if value != was[name]}
    fresh = {
        name: value
        for name, value in secrets.items()
        if fingerprint_of(name, value) != member[f"{name}_hash"]
    }
    changes = [Change(name, was[name], value) for name, value in differs.items()]
    changes += [Change(name, member[f"{name}_hint"], _HINTS[name](value)) for name, value in fresh.items()]
    target = str(member["id"])
    if not changes:
        return Judged(verdict=Verdict.UNCHANGED, title=_title(row), target_id=target)
    ready = {"id": member["id"], "version": member["version"], "person": differs}
    return Judged(
        verdict=Verdict.UPDATE,
        title=_title(row),
        target_id=target,
        ready=ready,
        secrets=fresh,
        changes=tuple(changes),
    )


def _known(member: Snapshot | None) -> dict[str, Any]:
    if member is None:
        return {}
    return {
        **{name: member[name] for name in ("name", "sex", "phone")},
        "born_on": None if member["born_on"] is None else str(member["born_on"]),
        "has_smartphone": None if member["has_smartphone"] is None else bool(member["has_smartphone"]),
    }


def _plain(person: Particulars) -> dict[str, Plain]:
    """Particulars without the secrets, as JSON keeps them."""
    plain = {name: getattr(person, name) for name in OPEN}
    return {**plain, "born_on": None if person.born_on is None else person.born_on.isoformat()}


def _hash(row: StagedRow) -> str | None:
    number = row.values.get("id_number")
    return None if number is None else fingerprint_of("id_number", str(number))


def _title(row: StagedRow) -> str:
    return str(row.values.get("name") or row.row_number)


def _first_of_each(refusals: Sequence[Refused]) -> tuple[Refused, ...]:
    """One sentence for each column, the first that was found."""
    first: dict[str | None, Refused] = {}
    for each in refusals:
        first.setdefault(each.field, each)
    return tuple(first.values())

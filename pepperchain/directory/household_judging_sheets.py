"""Judging rows of households: whether the one a row is about is new, and what the row would change of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import clock
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.words import N_
from pepperchain.directory import people, rules, sheet_queries
from pepperchain.directory.duplicates import fingerprint_of
from pepperchain.directory.forms import NewHousehold, Person
from pepperchain.directory.household_finding_sheets import Looked, hash_of, look_up, match_of, text_of
from pepperchain.directory.households import check_group
from pepperchain.directory.matching_queries import Match
from pepperchain.directory.memberships import check_day
from pepperchain.directory.people import Particulars
from pepperchain.directory.plot_judging_sheets import Household, changes_of, plot_of
from pepperchain.directory.queries import may_choose_cooperative
from pepperchain.directory.sheet_queries import Places
from pepperchain.directory.sheet_rules import group_number, spoken
from pepperchain.excel.judging import Change, Checker, Judged, Plain, Verdict
from pepperchain.excel.reader import StagedRow
from pepperchain.web.forms import read

HEAD = ("name", "sex", "born_on", "phone", "has_smartphone")
SECRETS = ("id_number", "bank_card")
HOME = ("village_id", "group_number", "address", "note")
_COLUMN_OF = {
    "village_id": "village",
    "group_number": "group",
    "cooperative_id": "cooperative",
    "on": "joined_on",
}
_HINTS = {"id_number": rules.id_number_hint, "bank_card": rules.bank_card_hint}


class HouseholdChecker(Checker):
    def __init__(self, actor: Actor, *, seed: UUID, now: datetime) -> None:
        self._actor = actor
        self._seed = seed
        self._today = clock.local_day(now)
        self._places = Places()
        self._file: dict[str, Household] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        if not self._places.villages:
            self._places = await sheet_queries.places(self._actor.organization_id)
        looked = await look_up(self._actor, rows)
        return [self._judge(row, looked) for row in rows]

    def _judge(self, row: StagedRow, looked: Looked) -> Judged:
        wrong: list[Refused] = []
        data = _as_written(row, self._places, looked, wrong)
        try:
            match = match_of(row, data.get("village_id"), looked)
        except Refused as refused:
            wrong.append(refused)
            match = None
        if wrong:
            if text_of(row, "card") is None:
                # Nothing else of the row may go unsaid: people correct a file once.
                self._read(row, Household(row.row_number, data), data, wrong)
            return _wrong(row, wrong)
        key = f"household {match.household_id}" if match is not None else _identity(row, data)
        household = self._file.get(key)
        if household is not None:
            return self._further(row, key, household, data)
        household = self._file[key] = _household(row, data, match, looked)
        judged = self._first(row, key, household, data)
        household.is_wrong = judged.verdict is Verdict.WRONG or bool(row.problems)
        return judged

    def _read(
        self, row: StagedRow, household: Household, data: Mapping[str, Any], wrong: list[Refused]
    ) -> tuple[NewHousehold, Particulars, dict[str, Any] | None] | None:
        """The room's own form of the row, checked by its rules, and the plot; None if anything is wrong."""
        plot = plot_of(row, household, wrong, today=self._today)
        try:
            form = read(NewHousehold, {**_known(household), **data, "request_id": self._seed})
            head = people.checked(form.particulars(), today=self._today)
            check_group(form.group_number)
            if form.joined_on is not None:
                check_day(form.joined_on, self._today)
        except Invalid as invalid:
            wrong += map(_in_column, invalid.errors)
            self._check_head(data, wrong)
            return None
        except Refused as refused:
            wrong.append(_in_column(refused))
            return None
        return None if wrong else (form, head, plot)

    def _check_head(self, data: Mapping[str, Any], wrong: list[Refused]) -> None:
        """What is wrong with the head alone, where the rest could not be read."""
        try:
            people.checked(read(Person, data).particulars(), today=self._today)
        except Invalid:
            pass  # Said already, with the rest of the form.
        except Refused as refused:
            wrong.append(_in_column(refused))

    def _first(self, row: StagedRow, key: str, household: Household, data: Mapping[str, Any]) -> Judged:
        """The first row of a household: it is entered, or brought up to date; and a plot of it, if one is written."""
        wrong = list(self._misplaced(household, data))
        found = self._read(row, household, data, wrong)
        if found is None:
            return _wrong(row, wrong)
        form, head, plot = found
        secrets = {name: getattr(head, name) for name in SECRETS if getattr(head, name) is not None}
        if household.snapshot is None:
            ready = {
                "op": "enter",
                "key": key,
                "household": _entering(form),
                "head": _person(head),
                "plot": plot,
            }
            return Judged(verdict=Verdict.CREATE, title=_title(row), ready=ready, secrets=secrets)
        return self._corrected(row, key, household, found, secrets)

    def _misplaced(self, household: Household, data: Mapping[str, Any]) -> list[Refused]:
        cooperative = data.get("cooperative_id")
        if household.snapshot is None:
            lacking = may_choose_cooperative(self._actor) and data.get("joined_on") and cooperative is None
            return [Refused(N_("Write the cooperative that it joined."), "cooperative")] if lacking else []
        if cooperative in (None, household.snapshot["cooperative_id"]):
            return []
        return [
            Refused(
                N_("This household is not in that cooperative: it joins and leaves on its own page."),
                "cooperative",
            )
        ]

    def _corrected(
        self,
        row: StagedRow,
        key: str,
        household: Household,
        found: tuple[NewHousehold, Particulars, dict[str, Any] | None],
        secrets: Mapping[str, str],
    ) -> Judged:
        form, head, plot = found
        snapshot, person = household.snapshot, household.head
        assert snapshot is not None
        assert person is not None
        was = _known(household)
        moved = {name: getattr(form, name) for name in HOME if getattr(form, name) != was[name]}
        told = {name: value for name, value in _person(head).items() if value != was[name]}
        fresh = {
            name: value
            for name, value in secrets.items()
            if fingerprint_of(name, value) != person[f"{name}_hash"]
        }
        changes = [
            Change(
                _COLUMN_OF.get(str(name), str(name)), self._shown(name, was[name]), self._shown(name, value)
            )
            for name, value in (told | moved).items()
        ]
        changes += [
            Change(name, person[f"{name}_hint"], _HINTS[name](value)) for name, value in fresh.items()
        ]
        changes += changes_of(plot)
        target = str(snapshot["id"])
        if not changes:
            return Judged(verdict=Verdict.UNCHANGED, title=_title(row), target_id=target)
        ready = {
            "op": "change", "key": key, "id": snapshot["id"], "version": snapshot["version"], "head_version": person["version"],
            "household": moved, "head": told, "plot": plot,
        }  # fmt: skip
        return Judged(
            verdict=Verdict.UPDATE,
            title=_title(row),
            target_id=target,
            ready=ready,
            secrets=fresh,
            changes=tuple(changes),
        )

    def _further(self, row: StagedRow, key: str, household: Household, data: Mapping[str, Any]) -> Judged:
        """A further row of the same household: it only brings one more plot."""
        first = str(household.row_number)
        wrong = [
            Refused(
                N_("Row %(row)s says otherwise of the same household."), _COLUMN_OF.get(name, name), row=first
            )
            for name, value in data.items()
            if name != "confirmed" and household.said.get(name) not in (None, value)
        ]
        if household.is_wrong:
            wrong.append(
                Refused(N_("Correct row %(row)s first: it is the same household."), "name", row=first)
            )
        plot = plot_of(row, household, wrong, today=self._today)
        if plot is None and not wrong:
            wrong.append(Refused(N_("This household is in row %(row)s already."), "name", row=first))
        if wrong:
            return _wrong(row, wrong)
        if household.snapshot is None:
            return Judged(
                verdict=Verdict.CREATE, title=_title(row), ready={"op": "plot", "key": key, "plot": plot}
            )
        target = str(household.snapshot["id"])
        changes = tuple(changes_of(plot))
        if not changes:
            return Judged(verdict=Verdict.UNCHANGED, title=_title(row), target_id=target)
        ready = {"op": "plot", "key": key, "id": household.snapshot["id"], "plot": plot}
        return Judged(
            verdict=Verdict.UPDATE, title=_title(row), target_id=target, ready=ready, changes=changes
        )

    def _shown(self, name: str, value: Any) -> Plain:
        shown: Plain = self._places.name(value) if name == "village_id" else value
        return shown


def _as_written(row: StagedRow, places: Places, looked: Looked, wrong: list[Refused]) -> dict[str, Any]:
    """What a row says of its household, by the form's names."""
    values = row.values
    plain = (*HEAD, *SECRETS, "address", "note", "joined_on", "confirmed")
    data: dict[str, Any] = {name: values[name] for name in plain if values.get(name) is not None}
    try:
        if village := text_of(row, "village"):
            data["village_id"] = places.village(village, text_of(row, "township")).id
    except Refused as refused:
        wrong.append(refused)
    try:
        if group := text_of(row, "group"):
            data["group_number"] = group_number(group)
    except Refused as refused:
        wrong.append(refused)
    if cooperative := text_of(row, "cooperative"):
        data["cooperative_id"] = looked.cooperatives.get(spoken(cooperative))
        if data["cooperative_id"] is None:
            wrong.append(
                Refused(N_("There is no cooperative called %(name)s."), "cooperative", name=cooperative)
            )
    return data


def _household(row: StagedRow, data: Mapping[str, Any], match: Match | None, looked: Looked) -> Household:
    household = Household(row.row_number, data)
    if match is not None:
        household.snapshot = looked.households[match.household_id]
        household.head = looked.heads[household.snapshot["head_id"]]
        household.plots = {spoken(plot["name"]): plot for plot in looked.plots.get(match.household_id, [])}
    return household


def _identity(row: StagedRow, data: Mapping[str, Any]) -> str:
    """What a new household is known by within the file."""
    said = [
        data.get("village_id"),
        spoken(text_of(row, "name") or ""),
        data.get("phone"),
        data.get("group_number"),
    ]
    return f"new {hash_of(row) or said} {data.get('confirmed', False)}"


def _known(household: Household) -> dict[str, Any]:
    """What is there of a household, by the form's names; nothing of one that is new."""
    if household.snapshot is None or household.head is None:
        return {}
    head = household.head
    return {
        **{name: household.snapshot[name] for name in HOME},
        **{name: head[name] for name in ("name", "sex", "phone")},
        "born_on": None if head["born_on"] is None else str(head["born_on"]),
        "has_smartphone": None if head["has_smartphone"] is None else bool(head["has_smartphone"]),
    }


def _person(head: Particulars) -> dict[str, Plain]:
    """A head's particulars without the secrets, as JSON keeps them."""
    plain = {name: getattr(head, name) for name in HEAD}
    return {**plain, "born_on": _iso(head.born_on)}


def _entering(form: NewHousehold) -> dict[str, Plain]:
    return {
        **{name: getattr(form, name) for name in (*HOME, "cooperative_id")},
        "joined_on": _iso(form.joined_on),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _wrong(row: StagedRow, refusals: Sequence[Refused]) -> Judged:
    """One sentence for each column, the first that was found."""
    first: dict[str | None, Refused] = {}
    for each in refusals:
        first.setdefault(each.field, each)
    return Judged(verdict=Verdict.WRONG, title=_title(row), refusals=tuple(first.values()))


def _in_column(refused: Refused) -> Refused:
    return refused.at(_COLUMN_OF.get(refused.field or "", refused.field or ""))


def _title(row: StagedRow) -> str:
    named = " ".join(filter(None, (text_of(row, "name"), text_of(row, "plot"))))
    return named or text_of(row, "card") or str(row.row_number)

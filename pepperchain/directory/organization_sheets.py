"""The sheet of organizations, as the importer uses it. There are few of them: each goes through the verbs of its own page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.words import N_
from pepperchain.directory import organizations, return_queries, sheet_queries
from pepperchain.directory.forms import Organization
from pepperchain.directory.organizations import SHORT_NAME_MAX, TABLE, Description
from pepperchain.directory.reading_rules import tidy
from pepperchain.directory.sheet_columns import ORGANIZATIONS as SPEC
from pepperchain.directory.sheet_queries import OrganizationNow, Places
from pepperchain.excel.columns import Words
from pepperchain.excel.judging import (
    Change,
    Checker,
    Importable,
    Judged,
    Plain,
    Ready,
    RegistryUndoer,
    Undoer,
    Verdict,
    Writer,
    Written,
)
from pepperchain.excel.reader import StagedRow
from pepperchain.web.forms import read

_PLAIN = ("kind", "name", "short_name", "credit_code", "address", "contact_name", "contact_phone")
_COLUMN_OF = {"township_id": "township", "village_id": "village"}


class _Checker(Checker):
    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._places = Places()
        self._seen: dict[str, int] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        if not self._places.villages:
            self._places = await sheet_queries.places(None)
        codes = [str(row.values["credit_code"]).upper() for row in rows if row.values.get("credit_code")]
        by_code, by_name = await sheet_queries.organizations(codes, [_name(row) for row in rows])
        return [
            await self._judge(
                row, by_code.get(str(row.values.get("credit_code")).upper()) or by_name.get(_name(row))
            )
            for row in rows
        ]

    async def _judge(self, row: StagedRow, there: OrganizationNow | None) -> Judged:
        wrong: list[Refused] = []
        key = _name(row) if there is None else str(there.id)
        if (earlier := self._seen.setdefault(key, row.row_number)) != row.row_number:
            wrong.append(
                Refused(N_("This organization is in row %(row)s already."), "name", row=str(earlier))
            )
        description = await self._description(row, there, wrong)
        if wrong or description is None:
            return Judged(verdict=Verdict.WRONG, title=_name(row), refusals=tuple(wrong))
        ready = asdict(description)
        if there is None:
            return Judged(verdict=Verdict.CREATE, title=_name(row), ready={"description": ready})
        was = asdict(there)
        changes = tuple(
            Change(_COLUMN_OF.get(name, name), self._shown(name, was[name]), self._shown(name, value))
            for name, value in ready.items()
            if value != was[name]
        )
        if not changes:
            return Judged(verdict=Verdict.UNCHANGED, title=_name(row), target_id=str(there.id))
        return Judged(
            verdict=Verdict.UPDATE, title=_name(row), target_id=str(there.id), changes=changes,
            ready={"description": ready, "version": there.version},
        )  # fmt: skip

    async def _description(
        self, row: StagedRow, there: OrganizationNow | None, wrong: list[Refused]
    ) -> Description | None:
        data: dict[str, Any] = {} if there is None else asdict(there)
        data |= {name: row.values[name] for name in _PLAIN if row.values.get(name) is not None}
        if len(_name(row)) <= SHORT_NAME_MAX:
            data.setdefault("short_name", _name(row))
        try:
            self._places.put(data, row.values)
        except Refused as refused:
            wrong.append(refused)
        try:
            return await organizations.checked(
                read(Organization, data).description(), besides=0 if there is None else there.id
            )
        except Invalid as invalid:
            wrong += [each.at(_COLUMN_OF.get(each.field or "", each.field or "")) for each in invalid.errors]
        except Refused as refused:
            wrong.append(refused.at(_COLUMN_OF.get(refused.field or "", refused.field or "")))
        return None

    def _shown(self, name: str, value: Any) -> Plain:
        shown: Plain = self._places.name(value) if name in _COLUMN_OF else value
        return shown


def _name(row: StagedRow) -> str:
    return tidy(str(row.values.get("name") or row.row_number))


class _Writer(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        return [await self._one(row) for row in rows]

    async def _one(self, row: Ready) -> Written:
        description = Description(**row.ready["description"])
        if row.target_id is None:
            entered = await organizations.enter(
                self._actor, id=row.seed, organization=description, now=self._now
            )
            return Written(row.position, str(entered.id), {"version": 1})
        before = await sheet_queries.organization_now(int(row.target_id))
        await organizations.change(
            self._actor,
            id=int(row.target_id),
            version=row.ready["version"],
            organization=description,
            now=self._now,
        )
        was = {name: value for name, value in asdict(before).items() if name not in ("id", "version")}
        return Written(row.position, row.target_id, {"version": row.ready["version"] + 1, "was": was})


class _Undoer(RegistryUndoer):
    async def versions(self, ids: Sequence[int]) -> Mapping[int, int]:
        return await return_queries.versions(TABLE, ids)

    async def used(self, ids: Sequence[int]) -> Collection[int]:
        return await return_queries.organizations_in_use(ids)

    async def change(self, id: int, version: int, was: Mapping[str, Any]) -> None:
        await organizations.change(
            self.actor, id=id, version=version, organization=Description(**was), now=self.now
        )

    async def remove(self, id: int, version: int) -> None:
        await organizations.remove(self.actor, id=id, version=version, now=self.now)


class _Organizations(Importable):
    code = "organizations"
    words = Words("组织机构", "Organizations")
    specs = (SPEC,)
    capability = Capability.ORGANIZATION_EDIT

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return _Checker(actor)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Writer(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Undoer(actor, now=now)


ORGANIZATIONS = _Organizations()

"""The sheet of sites, as the importer uses it. There are few of them: each goes through the verbs of its own page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.words import N_
from pepperchain.directory import queries, return_queries, sheet_queries, sites
from pepperchain.directory.forms import Site
from pepperchain.directory.queries import SiteRow
from pepperchain.directory.reading_rules import tidy
from pepperchain.directory.sheet_columns import SITES as SPEC
from pepperchain.directory.sheet_queries import Places
from pepperchain.directory.sites import TABLE, Place
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

_PLAIN = ("kind", "name", "address", "public_benefit", "slip_prefix")
_COLUMN_OF = {"township_id": "township", "village_id": "village"}


class _Checker(Checker):
    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._places = Places()
        self._there: dict[tuple[int, str], SiteRow] = {}
        self._seen: dict[tuple[int, str], int] = {}
        self._letters: dict[str, int] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        if not self._places.villages:
            self._places = await sheet_queries.places(self._actor.organization_id)
            known = await queries.sites_of(self._actor, closed=True)
            self._there = {(site.operator_id, site.name): site for site in known}
        return [await self._judge(row) for row in rows]

    async def _judge(self, row: StagedRow) -> Judged:
        wrong: list[Refused] = []
        operator_id, name = await self._operator(row, wrong), _name(row)
        there = self._there.get((operator_id, name))
        if (earlier := self._seen.setdefault((operator_id, name), row.row_number)) != row.row_number:
            wrong.append(Refused(N_("This site is in row %(row)s already."), "name", row=str(earlier)))
        if there is not None and there.closed_on is not None:
            wrong.append(Refused(N_("It is closed already."), "name"))
        site = await self._place(row, there, operator_id, wrong)
        if site is not None and self._letters.setdefault(site.slip_prefix, row.row_number) != row.row_number:
            wrong.append(Refused(N_("Another site has these letters. Choose others."), "slip_prefix"))
        if wrong or site is None:
            return Judged(verdict=Verdict.WRONG, title=name, refusals=tuple(wrong))
        ready = asdict(site)
        if there is None:
            return Judged(verdict=Verdict.CREATE, title=name, ready={"operator": operator_id, "site": ready})
        was = asdict(_as_it_is(there))
        changes = tuple(
            Change(_COLUMN_OF.get(key, key), self._shown(key, was[key]), self._shown(key, value))
            for key, value in ready.items()
            if value != was[key]
        )
        if not changes:
            return Judged(verdict=Verdict.UNCHANGED, title=name, target_id=str(there.id))
        kept = {"site": ready, "version": there.version, "was": was}
        return Judged(
            verdict=Verdict.UPDATE, title=name, target_id=str(there.id), ready=kept, changes=changes
        )

    async def _operator(self, row: StagedRow, wrong: list[Refused]) -> int:
        """Who runs it; zero for whoever is nobody that the actor enters sites for."""
        written = row.values.get("operator")
        own = self._actor.organization_id
        if written is None and own is not None:
            return own
        found = await sheet_queries.organization_called(tidy(str(written or "")))
        if found is None:
            wrong.append(
                Refused(N_("There is no organization called %(name)s."), "operator", name=str(written or ""))
            )
        elif own is not None and found != own:
            wrong.append(Refused(N_("Sites are entered by whoever runs them."), "operator"))
        return found or 0

    async def _place(
        self, row: StagedRow, there: SiteRow | None, operator_id: int, wrong: list[Refused]
    ) -> Place | None:
        """What the site's own form makes of the row, over what is there already; checked by the site's own rules."""
        data: dict[str, Any] = {} if there is None else _typed(_as_it_is(there))
        data |= {name: row.values[name] for name in _PLAIN if row.values.get(name) is not None}
        data["public_benefit"] = "yes" if data.get("public_benefit") else ""
        try:
            self._places.put(data, row.values)
            if data.get("township_id") is None:
                raise Refused(N_("Please fill this in."), "township")
            site = await read(Site, {key: value for key, value in data.items() if value is not None}).place()
            if there is not None and site.slip_prefix.upper() != there.slip_prefix:
                wrong.append(Refused(N_("These letters stand on the site's slips and stay."), "slip_prefix"))
            return await sites.checked(site, operator_id, besides=0 if there is None else there.id)
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


def _as_it_is(site: SiteRow) -> Place:
    return Place(
        site.kind, site.name, site.township_id, site.slip_prefix, site.village_id, site.address, bool(site.public_benefit)
    )  # fmt: skip


def _typed(site: Place) -> dict[str, Any]:
    return {name: value for name, value in asdict(site).items() if value is not None}


class _Writer(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        return [await self._one(row) for row in rows]

    async def _one(self, row: Ready) -> Written:
        site = Place(**row.ready["site"])
        if row.target_id is None:
            entered = await sites.enter(
                self._actor, id=row.seed, operator_id=row.ready["operator"], site=site, now=self._now
            )
            return Written(row.position, str(entered.id), {"version": 1})
        version = row.ready["version"]
        await sites.change(self._actor, id=int(row.target_id), version=version, site=site, now=self._now)
        return Written(row.position, row.target_id, {"version": version + 1, "was": row.ready["was"]})


class _Undoer(RegistryUndoer):
    async def versions(self, ids: Sequence[int]) -> Mapping[int, int]:
        return await return_queries.versions(TABLE, ids)

    async def used(self, ids: Sequence[int]) -> Collection[int]:
        return await return_queries.sites_in_use(ids)

    async def change(self, id: int, version: int, was: Mapping[str, Any]) -> None:
        await sites.change(self.actor, id=id, version=version, site=Place(**was), now=self.now)

    async def remove(self, id: int, version: int) -> None:
        await sites.remove(self.actor, id=id, version=version, now=self.now)


class _Sites(Importable):
    code = "sites"
    words = Words("站点", "Sites")
    specs = (SPEC,)
    capability = Capability.STORAGE_PLAN

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return _Checker(actor)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Writer(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Undoer(actor, now=now)


SITES = _Sites()

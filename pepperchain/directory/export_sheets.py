"""The registry's lists as files: growers with all that hangs on their households, organizations, sites, pairs that may be one.

Households, people, memberships and organizations come in the columns of the sheets that bring them in, so that a file that went
out comes back unchanged.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Protocol

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.units import Centimu
from pepperchain.directory import duplicate_queries, export_queries, organization_queries, queries
from pepperchain.directory.criterion_rules import Marks
from pepperchain.directory.forms import Choices, OrganizationChoices, PairChoices
from pepperchain.directory.queries import HouseholdRow
from pepperchain.directory.rules import phone_hint
from pepperchain.directory.sheet_columns import HOUSEHOLDS as HOUSEHOLD_SHEET
from pepperchain.directory.sheet_columns import MEMBERSHIPS as MEMBERSHIP_SHEET
from pepperchain.directory.sheet_columns import ORGANIZATIONS as ORGANIZATION_SHEET
from pepperchain.directory.sheet_columns import PEOPLE as PERSON_SHEET
from pepperchain.directory.sheet_columns import SITES as SITE_SHEET
from pepperchain.excel.columns import SECRET, Choice, Column, Kind, SheetSpec, Words
from pepperchain.excel.exporting import WHO, Chunks, Exportable, at_once, everybody, steps
from pepperchain.web.fields import RegistryId
from pepperchain.web.forms import Form
from pepperchain.web.i18n import gettext

GROWERS = "/growers"
FOUND_MAX = 1_000
"""As many as a search finds, the best first."""


class Audience(Protocol):
    """The households of a segment, some at a time. Missing: it is not the actor's."""

    def __call__(self, actor: Actor, segment_id: int, now: datetime, /) -> AsyncIterator[Sequence[int]]: ...


class HomeChoices(Choices):
    """The list of growers, or one household of it."""

    household: RegistryId | None = None
    marks: ClassVar[Marks | None] = None
    """Whatever room knows the marks of households hands them in; see `marked`."""
    segment: RegistryId | None = None
    audience: ClassVar[Audience | None] = None
    """The same for the households of a segment."""

    def narrowing_for(self, actor: Actor) -> dict[str, Any]:
        """As the page of growers narrows its list."""
        if self.tag is None or self.marks is None:
            return self.narrowing()
        return self.narrowing() | {"marked": self.marks.holding(actor, self.tag)}


def marked(exportables: Sequence[Exportable], marks: Marks, audience: Audience) -> list[Exportable]:
    """The same lists, narrowed by a mark too where the list of growers is, or those of a segment."""

    class MarkedHomes(HomeChoices):
        """The list of growers, which marks narrow."""

    MarkedHomes.marks = marks
    MarkedHomes.audience = staticmethod(audience)
    return [replace(each, form=MarkedHomes) if each.form is HomeChoices else each for each in exportables]


class NoChoices(Form):
    """A list that nothing narrows."""


def _known(spec: SheetSpec, *without: str) -> tuple[Column, ...]:
    """The columns of a sheet but for its secrets, which never leave."""
    return tuple(each for each in spec.columns if each.kind not in SECRET and each.key not in without)


async def _homes(actor: Actor, chosen: HomeChoices, now: datetime) -> AsyncIterator[Sequence[int]]:
    """The households of the list of growers, some hundred at a time, in its order."""
    if chosen.household is not None:
        yield [chosen.household]
        return
    if chosen.segment is not None:
        if chosen.audience is not None:
            async for ids in chosen.audience(actor, chosen.segment, now):
                yield ids
        return
    if chosen.q is not None:
        found = await queries.households_found(
            actor, chosen.q, **chosen.narrowing_for(actor), limit=FOUND_MAX
        )
        yield [row.id for row in found]
        return

    async def read(before: int | None, most: int) -> Sequence[HouseholdRow]:
        return await queries.list_households(actor, **chosen.narrowing_for(actor), before=before, limit=most)

    async for rows in steps(read, lambda row: row.id):
        yield [row.id for row in rows]


async def _count_homes(actor: Actor, chosen: HomeChoices) -> int:
    if chosen.household is not None or chosen.segment is not None or chosen.q is not None:
        return 0
    return await queries.count_all_households(actor, **chosen.narrowing_for(actor))


async def _households(actor: Actor, chosen: HomeChoices, now: datetime) -> Chunks:
    season = clock.local_day(now).year
    async for ids in _homes(actor, chosen, now):
        yield [_shown(actor, row) for row in await export_queries.households(actor, ids, season=season)]


async def _people(actor: Actor, chosen: HomeChoices, now: datetime) -> Chunks:
    async for ids in _homes(actor, chosen, now):
        yield [
            _shown(actor, {
                WHO: row.id, "card": row.card, "head": row.head, "village": _place(actor, row.village, row.village_en),
                "name": row.name, "role": "head" if row.is_head else "member", "sex": row.sex, "born_on": row.born_on,
                "phone": row.phone, "has_smartphone": row.has_smartphone, "id_number_hint": row.id_number_hint,
                "bank_card_hint": row.bank_card_hint,
            })
            for row in await export_queries.people(actor, ids)
        ]  # fmt: skip


async def _memberships(actor: Actor, chosen: HomeChoices, now: datetime) -> Chunks:
    async for ids in _homes(actor, chosen, now):
        yield [
            _shown(actor, {
                WHO: row.household_id, "card": row.card, "name": row.head, "phone": row.phone,
                "cooperative": row.organization, "started_on": row.started_on, "ended_on": row.ended_on,
            })
            for row in await export_queries.memberships(actor, ids)
        ]  # fmt: skip


async def _cards(actor: Actor, chosen: HomeChoices, now: datetime) -> Chunks:
    async for ids in _homes(actor, chosen, now):
        yield [
            {
                WHO: row.household_id, "number": row.number, "name": row.head, "village": _place(actor, row.village, row.village_en),
                "group": row.group_number, "state": row.state,
                "issued_at": None if row.issued_at is None else clock.from_ms(row.issued_at),
                "lost_at": None if row.lost_at is None else clock.from_ms(row.lost_at),
            }
            for row in await export_queries.cards(actor, ids)
        ]  # fmt: skip


async def _plots(actor: Actor, chosen: HomeChoices, now: datetime) -> Chunks:
    async for ids in _homes(actor, chosen, now):
        yield [
            {
                WHO: plot.household_id, "card": card, "name": head, "plot": plot.name,
                "village": _place(actor, plot.village, plot.village_en), "area": Centimu(plot.area_centimu),
                "season": plot.season,
                **{key: getattr(plot, key) for key in ("cultivar", "planted_year", "tree_count", "altitude_m", "slope", "practice")},
            }
            for plot, card, head in await export_queries.plots(actor, ids)
        ]  # fmt: skip


async def _organizations(actor: Actor, chosen: OrganizationChoices, _now: datetime) -> Chunks:
    villages = {area.id: area.name for area in await queries.all_villages()}
    narrowed: dict[str, Any] = {
        "text": chosen.q or "",
        "kind": chosen.kind,
        "township_id": chosen.township,
    }

    async def read(after: int | None, most: int) -> Sequence[organization_queries.OrganizationRow]:
        return await organization_queries.list_organizations(actor, **narrowed, after=after, limit=most)

    keys = (
        "kind",
        "name",
        "short_name",
        "credit_code",
        "township",
        "address",
        "contact_name",
        "contact_phone",
    )
    async for rows in steps(read, lambda row: row.id):
        yield [
            {**{key: getattr(row, key) for key in keys}, "village": villages.get(row.village_id or 0)}
            for row in rows
        ]


async def _sites(actor: Actor, _chosen: NoChoices, _now: datetime) -> Chunks:
    rows = await queries.sites_of(actor, closed=True)
    villages = {each.id: each.name for each in await queries.all_villages()}
    found = [
        {
            "name": row.name, "operator": row.operator, "kind": row.kind, "township": _place(actor, row.township, row.township_en),
            "village": villages.get(row.village_id or 0), "address": row.address, "public_benefit": row.public_benefit,
            "slip_prefix": row.slip_prefix, "closed_on": row.closed_on,
        }
        for row in rows
    ]  # fmt: skip
    async for chunk in at_once(found):
        yield chunk


async def _pairs(actor: Actor, chosen: PairChoices, _now: datetime) -> Chunks:
    async def read(before: tuple[int, int] | None, most: int) -> Sequence[duplicate_queries.DuplicateRow]:
        return await duplicate_queries.list_duplicates(actor, **chosen.narrowing(), before=before, limit=most)

    async for rows in steps(read, lambda row: (row.points, row.id)):
        yield [_pair(actor, row) for row in rows]


def _pair(actor: Actor, row: duplicate_queries.DuplicateRow) -> dict[str, Any]:
    found: dict[str, Any] = {WHO: row.one.household_id, "points": row.points}
    found["evidence"] = ", ".join(gettext(each.words) for each in row.evidence)
    for side, one in (("one", row.one), ("other", row.other)):
        found |= {
            f"{side}_name": one.name,
            f"{side}_card": one.card_number,
            f"{side}_village": _place(actor, one.village, one.village_en),
            f"{side}_group": one.group_number,
            f"{side}_cooperative": one.cooperative,
        }
    return found


def _shown(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    """As the pages show it: phones and birthdays in full only to those who enter them."""
    if actor.may(Capability.DIRECTORY_EDIT):
        return row
    return {**row, "phone": phone_hint(row["phone"]) or None, "born_on": None}


def _place(actor: Actor, zh: str, en: str) -> str:
    return en if actor.language == "en" else zh


_VILLAGE = Column("village", Words("村", "Village"))
_HEAD = Column("name", Words("户主", "Head of household"))
_CARD = Column("card", Words("椒农卡号", "Card number"), width=18)
_CHOICES_OF = {column.key: column.choices for column in HOUSEHOLD_SHEET.columns}

HOUSEHOLDS = Exportable(
    code="households", words=Words("椒农户和地块", "Households and plots"), capability=Capability.DIRECTORY_READ, at=GROWERS,
    columns=_known(HOUSEHOLD_SHEET, "confirmed"), form=HomeChoices, chunks=_households, is_personal=everybody, count=_count_homes,
)  # fmt: skip

PEOPLE = Exportable(
    code="people", words=Words("家庭成员", "People"), capability=Capability.DIRECTORY_READ, at=GROWERS, form=HomeChoices,
    columns=(
        *_known(PERSON_SHEET, "head_phone"), _VILLAGE,
        Column("id_number_hint", Words("证件尾号", "End of the ID number")),
        Column("bank_card_hint", Words("银行卡尾号", "End of the bank card")),
    ),
    chunks=_people, is_personal=everybody,
)  # fmt: skip

MEMBERSHIPS = Exportable(
    code="memberships", words=Words("入社记录", "Memberships"), capability=Capability.DIRECTORY_READ, at=GROWERS, form=HomeChoices,
    columns=MEMBERSHIP_SHEET.columns, chunks=_memberships, is_personal=everybody,
)  # fmt: skip

PLOTS = Exportable(
    code="plots", words=Words("地块", "Plots"), capability=Capability.DIRECTORY_READ, at=GROWERS, form=HomeChoices,
    columns=(
        _CARD, _HEAD, Column("plot", Words("地块", "Plot")), _VILLAGE, Column("area", Words("面积", "Area"), Kind.AREA),
        Column("cultivar", Words("品种", "Cultivar"), Kind.CHOICE, choices=_CHOICES_OF["cultivar"]),
        Column("planted_year", Words("栽种年份", "Planted in"), Kind.INTEGER),
        Column("tree_count", Words("株数", "Trees"), Kind.INTEGER),
        Column("altitude_m", Words("海拔", "Altitude"), Kind.INTEGER, unit=Words("米", "m")),
        Column("slope", Words("坡向", "Slope"), Kind.CHOICE, choices=_CHOICES_OF["slope"]),
        Column("season", Words("管护年份", "Season of the practice"), Kind.INTEGER),
        Column("practice", Words("管护方式", "Practice"), Kind.CHOICE, choices=_CHOICES_OF["practice"]),
    ),
    chunks=_plots, is_personal=everybody,
)  # fmt: skip

CARDS = Exportable(
    code="cards", words=Words("椒农卡", "Cards"), capability=Capability.DIRECTORY_READ, at=GROWERS, form=HomeChoices,
    columns=(
        Column("number", Words("卡号", "Card number"), width=18), _HEAD, _VILLAGE, Column("group", Words("组", "Group"), Kind.INTEGER),
        Column("state", Words("状态", "State"), Kind.CHOICE, choices=(
            Choice("active", Words("使用中", "in use")), Choice("lost", Words("已挂失", "reported lost")),
            Choice("replaced", Words("已换新", "replaced")),
        )),
        Column("issued_at", Words("发卡时间", "Issued"), Kind.MOMENT), Column("lost_at", Words("挂失时间", "Reported lost"), Kind.MOMENT),
    ),
    chunks=_cards, is_personal=everybody,
)  # fmt: skip

ORGANIZATIONS = Exportable(
    code="organizations", words=Words("组织机构", "Organizations"), capability=Capability.ORGANIZATION_READ, at="/organizations",
    columns=ORGANIZATION_SHEET.columns, form=OrganizationChoices, chunks=_organizations,
)  # fmt: skip

SITES = Exportable(
    code="sites", words=Words("站点", "Sites"), capability=Capability.STORAGE_READ, at="/storage/sites", form=NoChoices,
    columns=(*SITE_SHEET.columns, Column("closed_on", Words("停用日期", "Closed on"), Kind.DAY)),
    chunks=_sites,
)  # fmt: skip


def _side(key: str, zh: str, en: str) -> tuple[Column, ...]:
    return (
        Column(f"{key}_name", Words(f"{zh}姓名", f"{en}: name")), Column(f"{key}_card", Words(f"{zh}卡号", f"{en}: card"), width=18),
        Column(f"{key}_village", Words(f"{zh}村", f"{en}: village")),
        Column(f"{key}_group", Words(f"{zh}组", f"{en}: group"), Kind.INTEGER),
        Column(f"{key}_cooperative", Words(f"{zh}合作社", f"{en}: cooperative")),
    )  # fmt: skip


DUPLICATES = Exportable(
    code="duplicates", words=Words("疑似重复的户", "Households entered twice"), capability=Capability.DIRECTORY_READ,
    at="/growers/duplicates", form=PairChoices,
    columns=(
        Column("points", Words("分数", "Points"), Kind.INTEGER), Column("evidence", Words("像在哪里", "What speaks for it"), width=36),
        *_side("one", "甲方", "One"), *_side("other", "乙方", "Other"),
    ),
    chunks=_pairs, is_personal=everybody,
)  # fmt: skip

EXPORTABLES = (HOUSEHOLDS, PEOPLE, MEMBERSHIPS, PLOTS, CARDS, DUPLICATES, ORGANIZATIONS, SITES)

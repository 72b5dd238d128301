"""Slips, days and yields as files. Slips come in the columns of the sheet that brings them in: what went out comes back unchanged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.units import Centimu, Fen, Grams
from pepperchain.directory import card_queries
from pepperchain.excel.columns import Choice, Column, Kind, Words
from pepperchain.excel.exporting import ROWS_A_READ, WHO, Chunks, Exportable, at_once, steps
from pepperchain.harvest import queries, rules, total_queries, yield_queries
from pepperchain.harvest.forms import DaySpan, SlipSearch, YieldSearch
from pepperchain.harvest.queries import Slip
from pepperchain.harvest.sheet_columns import SLIPS
from pepperchain.web.filters import mask_name

SCAN_ROWS = 600
_FILLED_IN_OTHERWISE = ("day", "time", "picked_on")
"""Columns for those who write by hand; slips have moments instead."""


def _is_named(actor: Actor) -> bool:
    return actor.role in rules.NAMED


def filters_of(chosen: SlipSearch) -> queries.Filters:
    """As the list is narrowed; voided slips are only in a list of voided ones, so that a file adds up."""
    return queries.Filters(
        first_day=chosen.day, last_day=chosen.until or chosen.day, site_id=chosen.site_id, household_id=chosen.household_id,
        cooperative_id=chosen.cooperative_id, township_id=chosen.township_id, form=chosen.form, grade=chosen.grade,
        unpriced=chosen.unpriced, voided=chosen.voided,
    )  # fmt: skip


async def _slips(actor: Actor, chosen: SlipSearch, _now: datetime) -> Chunks:
    filters, before = filters_of(chosen), None
    while True:
        found = await queries.whole_slips(actor, filters, limit=ROWS_A_READ, before=before, scan=SCAN_ROWS)
        cards = await card_queries.in_use({slip.household_id for slip in found.rows})
        if found.rows:
            yield [_slip(actor, slip, cards) for slip in found.rows]
        before = found.before
        if before is None:
            return


async def _count_slips(actor: Actor, chosen: SlipSearch) -> int:
    return await queries.count_slips(actor, filters_of(chosen))


def _slip(actor: Actor, slip: Slip, cards: Mapping[int, str]) -> dict[str, Any]:
    """A slip as it stands; to those who read no names, without what the household is recognised by."""
    named = _is_named(actor)
    english = actor.language == "en"
    return {
        WHO: slip.household_id,
        "number": slip.code,
        "site": slip.site,
        "weighed_at": clock.from_ms(slip.weighed_at),
        "card": cards.get(slip.household_id) if named else None,
        "name": slip.name if named else mask_name(slip.name),
        "phone": slip.phone if named and actor.may(Capability.DIRECTORY_EDIT) else None,
        "plot": slip.plot if named else None,
        "form": slip.form,
        "grade": slip.grade,
        "cultivar": slip.cultivar,
        "gross": slip.gross_grams,
        "tare": slip.tare_grams or None,
        "deduction": slip.deduction_grams or None,
        "net": slip.net_grams,
        "bags": slip.bags,
        "moisture": None if slip.moisture_permille is None else _percent(slip.moisture_permille),
        "price": slip.price_fen_per_kg,
        "amount": slip.amount_fen,
        "picked_at": clock.from_ms(slip.picked_at),
        "cooperative": slip.cooperative,
        "grown_in": f"{slip.township_en}, {slip.village_en}" if english else f"{slip.township}{slip.village}",
        "voided_at": None if slip.voided_at is None else clock.from_ms(slip.voided_at),
        "void_reason": slip.void_reason,
    }


def _percent(permille: int) -> str:
    whole, tenth = divmod(permille, 10)
    return f"{whole}.{tenth}"


async def _days(actor: Actor, chosen: DaySpan, now: datetime) -> Chunks:
    for day in chosen.days(clock.local_day(now)):
        rows = await total_queries.by_site_and_product(actor, day)
        if rows:
            yield [
                {
                    "day": str(row.day), "cooperative": row.cooperative, "site": row.site, "form": row.form, "grade": row.grade,
                    "cultivar": row.cultivar, "season": row.season, "slips": row.slips, "net": Grams(row.net_grams),
                    "amount": Fen(row.amount_fen), "unpriced": row.unpriced,
                }
                for row in rows
            ]  # fmt: skip


async def _season(actor: Actor, chosen: YieldSearch, now: datetime) -> int:
    if chosen.season is not None:
        return chosen.season
    known = await yield_queries.seasons(actor)
    return known[0] if known else rules.season_of(clock.local_day(now))


async def _yields(actor: Actor, chosen: YieldSearch, now: datetime) -> Chunks:
    by = "village" if chosen.by == "plot" else chosen.by
    rows = await yield_queries.yields(
        actor, by, season=None if by == "season" else await _season(actor, chosen, now),
        township_id=chosen.township_id, cultivar=chosen.cultivar, practice=chosen.practice,
    )  # fmt: skip
    words = rules.words(actor.language)
    names = {"cultivar": words.cultivar, "practice": words.practice}
    found = [
        {
            "group": (row.name_en if actor.language == "en" else row.name) or (names[by](row.key) if by in names else row.key),
            "plots": row.plots, "area": Centimu(row.area_centimu), "net": Grams(row.net_grams), "per_mu": row.per_mu,
            "as_of": clock.from_ms(row.as_of),
        }
        for row in rows
    ]  # fmt: skip
    async for chunk in at_once(found):
        yield chunk


async def _plot_yields(actor: Actor, chosen: YieldSearch, now: datetime) -> Chunks:
    season = await _season(actor, chosen, now)

    async def read(after: int | None, most: int) -> list[yield_queries.PlotRow]:
        return await yield_queries.plots(actor, season, village_id=chosen.village_id, after=after, limit=most)

    async for rows in steps(read, lambda row: row.plot_id):
        yield [
            {
                WHO: row.household_id, "season": season, "plot": row.plot,
                "name": row.name if _is_named(actor) else mask_name(row.name),
                "village": row.village_en if actor.language == "en" else row.village, "cultivar": row.cultivar,
                "practice": row.practice or None, "area": Centimu(row.area_centimu), "slips": row.slips, "net": row.net_grams,
                "per_mu": row.per_mu,
            }
            for row in rows
        ]  # fmt: skip


_OF = {column.key: column for column in SLIPS.columns}
_NET = Column("net", Words("净重", "Net"), Kind.WEIGHT)
_AMOUNT = Column("amount", Words("金额", "Amount"), Kind.MONEY)
_AREA = Column("area", Words("面积", "Area"), Kind.AREA)
_SLIPS = Column("slips", Words("单数", "Slips"), Kind.INTEGER)
_PER_MU = Column("per_mu", Words("亩产", "Per mu"), Kind.WEIGHT)
_SEASON = Column("season", Words("年份", "Season"), Kind.INTEGER)
_CULTIVAR = Column("cultivar", Words("品种", "Cultivar"), Kind.CHOICE, choices=_OF["cultivar"].choices)
_PRACTICES = tuple(Choice(code, Words(term.zh, term.en)) for code, term in rules.practices().items())

WEIGHINS = Exportable(
    code="weighins", words=Words("过磅单", "Weigh-ins"), capability=Capability.HARVEST_READ, at="/harvest/weigh-ins", form=SlipSearch,
    columns=(
        *(column for column in SLIPS.columns if column.key not in _FILLED_IN_OTHERWISE), _AMOUNT,
        Column("cooperative", Words("收购合作社", "Weighed in by")), Column("grown_in", Words("产地", "Grown in")),
        Column("voided_at", Words("作废时间", "Voided"), Kind.MOMENT), Column("void_reason", Words("作废原因", "Why it was voided")),
    ),
    chunks=_slips, is_personal=_is_named, count=_count_slips,
)  # fmt: skip

DAYS = Exportable(
    code="days", words=Words("每日合计", "Totals by day"), capability=Capability.HARVEST_READ, at="/harvest", form=DaySpan,
    columns=(
        Column("day", Words("日期", "Day"), Kind.DAY), Column("cooperative", Words("合作社", "Cooperative")),
        Column("site", Words("站点", "Site")), Column("form", Words("品类", "Form"), Kind.CHOICE, choices=_OF["form"].choices),
        Column("grade", Words("等级", "Grade"), Kind.CHOICE, choices=_OF["grade"].choices), _CULTIVAR, _SEASON, _SLIPS, _NET, _AMOUNT,
        Column("unpriced", Words("未定价单数", "Slips without a price"), Kind.INTEGER),
    ),
    chunks=_days,
)  # fmt: skip

YIELDS = Exportable(
    code="yields", words=Words("亩产", "Yields"), capability=Capability.HARVEST_READ, at="/harvest/yields", form=YieldSearch,
    columns=(
        Column("group", Words("分组", "Group")), Column("plots", Words("地块数", "Plots"), Kind.INTEGER), _AREA,
        Column("net", Words("折鲜产量", "Fresh weight"), Kind.WEIGHT), _PER_MU, Column("as_of", Words("截至", "As of"), Kind.MOMENT),
    ),
    chunks=_yields,
)  # fmt: skip

PLOT_YIELDS = Exportable(
    code="plotyields", words=Words("地块亩产", "Yields by plot"), capability=Capability.HARVEST_READ, at="/harvest/yields",
    form=YieldSearch,
    columns=(
        _SEASON, Column("plot", Words("地块", "Plot")), Column("name", Words("户主", "Head of household")),
        Column("village", Words("村", "Village")), _CULTIVAR,
        Column("practice", Words("管护方式", "Practice"), Kind.CHOICE, choices=_PRACTICES), _AREA, _SLIPS,
        Column("net", Words("折鲜产量", "Fresh weight"), Kind.WEIGHT), _PER_MU,
    ),
    chunks=_plot_yields, is_personal=_is_named,
)  # fmt: skip

EXPORTABLES = (WEIGHINS, DAYS, YIELDS, PLOT_YIELDS)

"""What can be bought, as a file: the offers of a search in its order. No person, household or cooperative stands in it."""

from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.excel.columns import Choice, Column, Kind, Words
from pepperchain.excel.exporting import ROWS_A_READ, Chunks, Exportable
from pepperchain.harvest import rules as harvest
from pepperchain.market import queries
from pepperchain.market.forms import StockSearch
from pepperchain.web.i18n import gettext


async def _offers(actor: Actor, chosen: StockSearch, now: datetime) -> Chunks:
    cursor: str | None = None
    while True:
        found = await queries.stock(actor, chosen.criteria, now=now, cursor=cursor, limit=ROWS_A_READ)
        if found.rows:
            yield [
                {
                    "code": row.code, "form": row.form, "grade": row.grade, "cultivar": row.cultivar, "season": row.season,
                    "township": row.township_en if actor.language == "en" else row.township, "site": row.site,
                    "room_kind": gettext(row.room_kind_label), "picked_at": clock.from_ms(row.picked_at),
                    "fresh_until": clock.from_ms(row.fresh_until_at), "free": row.grams, "price": row.price,
                }
                for row in found.rows
            ]  # fmt: skip
        cursor = found.next
        if cursor is None:
            return


OFFERS = Exportable(
    code="offers", words=Words("在售花椒", "Offers"), capability=Capability.MARKET_SEARCH, at="/market", form=StockSearch,
    columns=(
        Column("code", Words("批次号", "Lot"), width=32),
        Column("form", Words("品类", "Form"), Kind.CHOICE,
               choices=tuple(Choice(code, Words(term.zh, term.en)) for code, term in harvest.forms().items())),
        Column("grade", Words("等级", "Grade"), Kind.CHOICE,
               choices=tuple(Choice(code, Words(term.zh, term.en)) for code, term in harvest.grades().items())),
        Column("cultivar", Words("品种", "Cultivar"), Kind.CHOICE,
               choices=tuple(Choice(code, Words(term.zh, term.en)) for code, term in harvest.cultivars().items())),
        Column("season", Words("年份", "Season"), Kind.INTEGER), Column("township", Words("镇街", "Township")), Column("site", Words("站点",
        "Site")),
        Column("room_kind", Words("库间类型", "Kind of room")), Column("picked_at", Words("最早采摘", "Picked from"), Kind.MOMENT),
        Column("fresh_until", Words("保鲜至", "Fresh until"), Kind.MOMENT), Column("free", Words("可售", "To be had"), Kind.WEIGHT),
        Column("price", Words("要价", "Asking price"), Kind.PRICE),
    ),
    chunks=_offers,
)  # fmt: skip

EXPORTABLES = (OFFERS,)

"""What the harvest lets segments ask: what a household brought and when, and who brought nothing, as far as the actor sees slips."""

from datetime import date, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock, db
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Criterion, Field, FieldKind, Values, between
from pepperchain.harvest.models import Weighin
from pepperchain.harvest.rules import fresh_to_dry_permille, season_of
from pepperchain.web.i18n import gettext

SLIPS, THIS = N_("Slips"), "this"


async def _seasons(_actor: Actor) -> list[tuple[int | str, str]]:
    rows = await db.tuples("SELECT DISTINCT p.season FROM harvest_product p ORDER BY p.season DESC")
    words = gettext(N_("the %(season)s season"))
    return [
        (THIS, gettext(N_("this season"))),
        *((str(season), words % {"season": season}) for (season,) in rows),
    ]


def _season(values: Values, today: date) -> int:
    chosen = values["season"]
    return season_of(today) if chosen == THIS else int(chosen)


def _slips(actor: Actor, season: int) -> Clause:
    """The slips of a household and a season: its index gives them from the first moment they can be of."""
    seen = Weighin.visible_to(actor, "w")
    return Clause(
        "w.household_id = h.id AND w.weighed_at >= :season_from AND w.season = :season AND w.voided_at IS NULL AND "
        + seen.sql,
        {"season_from": clock.day_start(date(season, 1, 1)), "season": season, **seen.params},
    )


def _brought(actor: Actor, values: Values, today: date) -> Clause:
    """Dry pepper counts as the fresh it was."""
    season = _season(values, today)
    slips = _slips(actor, season)
    total = (
        "(SELECT COALESCE(SUM(CASE WHEN w.form = 'dry' THEN w.net_grams * :permille / 1000 ELSE w.net_grams END), 0)"
        f" FROM harvest_weighin w WHERE {slips.sql})"
    )
    span = between(total, values, "net")
    return Clause(span.sql, {**slips.params, **span.params, "permille": fresh_to_dry_permille(season)})


def _weighed(actor: Actor, values: Values, _today: date) -> Clause:
    days: dict[str, Any] = {}
    if "day" in values:
        days["day"] = clock.day_start(date.fromisoformat(str(values["day"])))
    if "day_to" in values:
        last = date.fromisoformat(str(values["day_to"])) + timedelta(days=1)
        days["day_to"] = clock.day_start(last) - timedelta(milliseconds=1)
    seen, when = Weighin.visible_to(actor, "w"), between("w.weighed_at", days, "day")
    return Clause(
        f"EXISTS (SELECT 1 FROM harvest_weighin w WHERE w.household_id = h.id AND {when.sql} AND w.voided_at IS NULL AND {seen.sql})",
        {**when.params, **seen.params},
    )


def _owes(actor: Actor, values: Values, today: date) -> Clause:
    slips = _slips(actor, _season(values, today))
    return Clause(
        f"(h.cooperative_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM harvest_weighin w WHERE {slips.sql}))",
        slips.params,
    )


_SEASON = Field("season", FieldKind.CODE, N_("Season"), _seasons)
CRITERIA = (
    Criterion(
        "brought", SLIPS, N_("Yield of a season"), N_("yield in %(season)s: %(net)s"), N_("yield in %(season)s: not %(net)s"), _brought,
        (_SEASON, Field("net", FieldKind.WEIGHT, N_("Weight, as fresh"), is_span=True)), Capability.HARVEST_READ,
    ),
    Criterion(
        "weighed", SLIPS, N_("Weighed in"), N_("has slips %(day)s"), N_("has no slip %(day)s"), _weighed,
        (Field("day", FieldKind.DAY, N_("Day"), is_span=True),), Capability.HARVEST_READ,
    ),
    Criterion(
        "owes_slip", SLIPS, N_("Owes a slip"), N_("a member without a slip in %(season)s"), N_("no member without a slip in %(season)s"),
        _owes, (_SEASON,), Capability.HARVEST_READ,
    ),
)  # fmt: skip

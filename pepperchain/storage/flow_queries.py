"""How much pepper went from one organization to another, and how much one keeps for another, for the pages of organizations."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.storage.models import Consignment, Lot


async def arrived(
    actor: Actor, pairs: Collection[tuple[int, int]], today: date
) -> Mapping[tuple[int, int], int]:
    """What arrived by waybill since New Year at the one who takes: pepper of the one who gives, or from a site of theirs."""
    givers, takers = _ends(pairs)
    seen = Consignment.visible_to(actor, "c")
    found: Counter[tuple[int, int]] = Counter()
    for owner, sender, taker, grams in await db.tuples(
        "SELECT c.cooperative_id, c.from_operator_id, c.to_operator_id, CAST(SUM(c.received_grams) AS BIGINT)"
        " FROM storage_consignment c WHERE c.to_operator_id IN :takers AND c.state = 'arrived' AND c.sent_at >= :since"
        f" AND (c.cooperative_id IN :givers OR c.from_operator_id IN :givers) AND {seen.sql}"
        " GROUP BY c.cooperative_id, c.from_operator_id, c.to_operator_id",
        takers=takers,
        givers=givers,
        since=clock.day_start(date(today.year, 1, 1)),
        **seen.params,
    ):
        for giver in {owner, sender}:
            found[giver, taker] += grams
    return {pair: found[pair] for pair in pairs if found[pair]}


async def kept(
    actor: Actor, pairs: Collection[tuple[int, int]], _today: date
) -> Mapping[tuple[int, int], int]:
    """What lies now in rooms of the one, of pepper that is the other's."""
    owners, keepers = _ends(pairs)
    seen = Lot.visible_to(actor, "l")
    rows = await db.tuples(
        "SELECT l.cooperative_id, l.operator_id, CAST(SUM(l.on_hand_grams) AS BIGINT) FROM storage_lot l"
        f" WHERE l.is_open AND l.operator_id IN :keepers AND l.cooperative_id IN :owners AND {seen.sql}"
        " GROUP BY l.cooperative_id, l.operator_id",
        keepers=keepers,
        owners=owners,
        **seen.params,
    )
    found = {(owner, keeper): grams for owner, keeper, grams in rows}
    return {pair: found[pair] for pair in pairs if found.get(pair)}


def _ends(pairs: Collection[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return sorted({one for one, _ in pairs}), sorted({other for _, other in pairs})

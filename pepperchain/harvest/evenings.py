"""An evening's paper list: each row's grower is found by what was written, then all rows are saved, or none."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import db
from pepperchain.core.errors import Invalid, Refused
from pepperchain.directory.card_queries import holder
from pepperchain.harvest import lists
from pepperchain.harvest.grower_queries import Choice, who
from pepperchain.harvest.slips import NewSlip
from pepperchain.harvest.weighins import Recorded


async def growers(
    actor: Actor, wanted: Sequence[tuple[int, str, int | None]]
) -> tuple[dict[int, int], dict[int, Sequence[Choice]]]:
    """Households by row place for rows whose text finds exactly one, and the choices of the others.

    `wanted` is (place, text, household chosen from the choices before). Refused: the number of a card that was lost.
    """
    actor.require(Capability.HARVEST_RECORD)
    found: dict[int, int] = {}
    doubtful: dict[int, Sequence[Choice]] = {}
    for place, text, chosen in wanted:
        if card := await holder(actor, text):
            card.check(f"{place}-grower")
        choices = await who(actor, text)
        ids = [choice.household_id for choice in choices]
        if chosen in ids or len(ids) == 1:
            found[place] = chosen if chosen in ids and chosen is not None else ids[0]
        else:
            doubtful[place] = choices
    return found, doubtful


def unclear(doubtful: Mapping[int, Sequence[Choice]]) -> Invalid:
    """What is said beside the rows whose grower is nobody, or could be several."""
    return Invalid(
        Refused("Several growers are called so: choose one.", f"{place}-grower")
        if choices
        else Refused("Nobody of yours is found by this.", f"{place}-grower")
        for place, choices in doubtful.items()
    )


@db.unit_of_work
async def record(actor: Actor, rows: Sequence[tuple[int, NewSlip]], *, now: datetime) -> list[Recorded]:
    """Saves the rows (place, slip), or none of them. Invalid: with fields like `3-gross`."""
    try:
        return await lists.record_many(actor, [slip for _, slip in rows], now=now)
    except Invalid as invalid:
        raise Invalid(_at_place(error, rows) for error in invalid.errors) from invalid


def _at_place(error: Refused, rows: Sequence[tuple[int, NewSlip]]) -> Refused:
    index, _, field = (error.field or "0.").partition(".")
    name = {"household_id": "grower", "picked_at": "grower", "weighed_at": "grower"}.get(
        field, field or "grower"
    )
    return error.at(f"{rows[int(index)][0]}-{name}")

"""The names of what the trail tells by id, for whole pages of it at once."""

from collections.abc import Awaitable, Callable, Collection, Mapping

from pepperchain.audit.fact_kinds import Kind
from pepperchain.core import db
from pepperchain.directory.rules import card_number
from pepperchain.web.i18n import reader

Ids = Mapping[Kind, Collection[int]]
Names = Mapping[tuple[Kind, int], str]
NamesOf = Callable[[Collection[int]], Awaitable[Mapping[int, str]]]
"""The names that the reader knows these ids by; rooms further up hand theirs in through `app.state.names`."""

_FROM = {
    Kind.ORGANIZATION: "SELECT id, short_name FROM directory_organization WHERE id IN :ids",
    Kind.PERSON: "SELECT id, name FROM directory_person WHERE id IN :ids",
    Kind.PLOT: "SELECT id, name FROM directory_plot WHERE id IN :ids",
    Kind.SITE: "SELECT id, name FROM directory_site WHERE id IN :ids",
    Kind.USER: "SELECT id, name FROM accounts_user WHERE id IN :ids",
}


async def names(wanted: Ids, others: Mapping[Kind, NamesOf]) -> Names:
    """What each of these ids is called. A household goes by its card, so that the trail tells no name that its facts do not."""
    found: dict[tuple[Kind, int], str] = {}
    for kind, ids in wanted.items():
        known = await others[kind](ids) if kind in others else await _known(kind, ids)
        found |= {(kind, id): name for id, name in known.items() if name}
    return found


async def _known(kind: Kind, ids: Collection[int]) -> Mapping[int, str]:
    if kind is Kind.HOUSEHOLD:
        # What a sheet brought and took back again is in no table any more, but had its first card.
        cards = dict(
            await db.tuples("SELECT id, card_number FROM directory_household WHERE id IN :ids", ids=list(ids))
        )
        return {id: cards.get(id) or card_number(id) for id in ids}
    if kind is Kind.PLACE:
        column = "name_en" if reader().language == "en" else "name"
        query = f"SELECT id, {column} FROM directory_area WHERE id IN :ids"
    elif kind in _FROM:
        query = _FROM[kind]
    else:
        return {}
    return dict(await db.tuples(query, ids=list(ids)))

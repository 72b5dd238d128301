"""Household cards on paper: ten to a sheet of A4, in the reader's language. Nothing secret stands on them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pepperchain.core.words import N_
from pepperchain.directory.card_queries import PrintedCard
from pepperchain.documents import qr, typesetting
from pepperchain.web.filters import card as spaced
from pepperchain.web.i18n import gettext, reader

TITLE = N_("Grower's card")
WHAT = N_("Grower's card: show it when you bring pepper")
USE = N_("Lost it? Tell your cooperative.")


async def pdf(cards: Sequence[PrintedCard], *, now: datetime) -> bytes:
    """The sheets. A village of 1,700 takes some seconds, all of them in other threads."""
    data = await asyncio.to_thread(sheets, cards)
    return await typesetting.pdf("cards.typ", data, now=now)


def sheets(cards: Sequence[PrintedCard]) -> dict[str, Any]:
    """The data of `cards.typ`. The code holds the number alone, as a hand scanner would type it."""
    english = reader().language == "en"
    return {
        "lang": "en" if english else "zh",
        "words": {"title": gettext(TITLE), "what": gettext(WHAT), "use": gettext(USE)},
        "author": cards[0].cooperative or "",
        "cards": [
            {
                "name": card.name,
                "place": _place(card, english=english),
                "cooperative": card.cooperative or "",
                "number": spaced(card.number),
                "qr": qr.svg(card.number),
            }
            for card in cards
        ],
    }


def _place(card: PrintedCard, *, english: bool) -> str:
    group = gettext("group %(number)s") % {"number": card.group_number} if card.group_number else ""
    if english:
        return ", ".join(part for part in (card.village_en, group, card.township_en) if part)
    return f"{card.township}{card.village}{group}"

"""A depositor's statement for any days and their storage book: growers see their own, staff those whose receipts they see."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.bank import account_queries, printouts
from pepperchain.bank.forms import StatementSearch
from pepperchain.bank.storage_book_rules import in_store
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.units import Fen
from pepperchain.harvest.rules import words
from pepperchain.web.forms import read
from pepperchain.web.i18n import reader
from pepperchain.web.render import render
from pepperchain.web.routing import route


async def told(request: Request) -> dict[str, Any]:
    """Whose statement is asked for, for which days, and what it says; without days this year so far. Missing: not the actor's to see."""
    actor: Actor = request.state.actor
    search, today = read(StatementSearch, request.query_params), clock.local_day(clock.now())
    home = request.path_params["household_id"]
    first, last = search.from_on or date(today.year, 1, 1), search.to_on or today
    return {
        "head": await head_of(request),
        "first": first,
        "last": last,
        "lines": await account_queries.lines(actor, home, first=first, last=last),
        "money": await account_queries.money(actor, home, first=first, last=last),
    }


async def head_of(request: Request) -> str:
    """Who the depositor of a page is. Missing: the actor sees no receipt of theirs."""
    head = await account_queries.head(request.state.actor, request.path_params["household_id"])
    if head is None:
        raise Missing()
    return head


async def show(request: Request) -> Response:
    """What happened to the receipts within these days."""
    context = {
        **await told(request),
        "household_id": request.path_params["household_id"],
        "words": words(reader().language),
    }
    return render(request, "bank/statement.html", context)


async def storage_book(request: Request) -> Response:
    """All that ever moved of a household's receipts, with what was left and due after each."""
    home = request.path_params["household_id"]
    book = await account_queries.storage_book(request.state.actor, home)
    context = {
        "household_id": home,
        "head": await head_of(request),
        "rows": [
            (entry, printouts.told(move), printouts.kind_of(move.product), printouts.changed(move))
            for entry in book
            for move in [entry.move]
        ],
        "left": [(printouts.kind_of(product), grams) for product, grams in in_store(book).items()],
        "due": book[-1].due_fen if book else Fen(0),
    }
    return render(request, "bank/storage_book.html", context)


routes = [
    route("/bank/statements/{household_id:int}", show, may=Capability.BANK_ORDER, name="bank statement"),
    route(
        "/bank/storage-books/{household_id:int}", storage_book, may=Capability.BANK_ORDER, name="storage book"
    ),
]

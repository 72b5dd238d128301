"""What anybody who holds a receipt's code may know: that it is genuine, what it stands for and as of when. Nobody's whole name."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pepperchain.accounts import attempts
from pepperchain.accounts.session_pages import address_of
from pepperchain.bank import close_queries, receipt_queries, statements
from pepperchain.bank.rules import bounds
from pepperchain.core import clock
from pepperchain.harvest.rules import words
from pepperchain.web.i18n import reader
from pepperchain.web.render import render
from pepperchain.web.routing import PUBLIC, route


async def show(request: Request) -> Response:
    """A receipt by its public code."""
    now = clock.now()
    await attempts.look(
        what="receipt",
        address=address_of(request),
        a_minute_max=bounds().receipt_code_reads_per_minute,
        now=now,
    )
    receipt = await receipt_queries.public_receipt(request.path_params["code"])
    context = {
        "receipt": receipt,
        "words": words(reader().language),
        "as_of": now,
        "backing": await close_queries.backing(receipt.site_id),
    }
    return render(request, "bank/public_receipt.html", context, headers={"X-Robots-Tag": "noindex"})


async def verify(request: Request) -> Response:
    """The page that checks a receipt's own statement, in the browser alone: it asks the server nothing."""
    context = {"key_name": statements.key_name(), "key": statements.published_key()}
    return render(request, "bank/verify.html", context, headers={"X-Robots-Tag": "noindex"})


async def keys(_request: Request) -> Response:
    """The public key, for whoever checks statements with a program of their own."""
    return JSONResponse({"keys": [{"name": statements.key_name(), "ed25519": statements.published_key()}]})


routes = [
    route("/r/verify", verify, may=PUBLIC, name="verify_receipt"),
    route("/r/keys.json", keys, may=PUBLIC, name="receipt_keys"),
    route("/r/{code}", show, may=PUBLIC, name="public_receipt"),
]

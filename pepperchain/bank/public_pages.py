"""What anybody who holds a receipt's code may know: that it is genuine, what it stands for and as of when. Nobody's whole name."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.bank import receipt_queries
from pepperchain.core import clock
from pepperchain.harvest.rules import words
from pepperchain.web.i18n import reader
from pepperchain.web.render import render
from pepperchain.web.routing import PUBLIC, route


async def show(request: Request) -> Response:
    """A receipt by its public code."""
    receipt = await receipt_queries.public_receipt(request.path_params["code"])
    context = {"receipt": receipt, "words": words(reader().language), "as_of": clock.now()}
    return render(request, "bank/public_receipt.html", context, headers={"X-Robots-Tag": "noindex"})


routes = [route("/r/{code}", show, may=PUBLIC, name="public_receipt")]

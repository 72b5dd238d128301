"""What anybody who holds a lot's code may know: that it is genuine, what it is, whence and of when. No person, no owner."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.core import clock
from pepperchain.harvest.rules import words
from pepperchain.storage import lot_queries
from pepperchain.web.i18n import reader
from pepperchain.web.render import render
from pepperchain.web.routing import PUBLIC, route


async def show(request: Request) -> Response:
    """A lot by its public code."""
    lot = await lot_queries.public_lot(request.path_params["code"])
    context = {"lot": lot, "words": words(reader().language), "fresh": lot.freshness(clock.now())}
    return render(request, "storage/public_lot.html", context, headers={"X-Robots-Tag": "noindex"})


routes = [route("/t/{code}", show, may=PUBLIC, name="public_lot")]

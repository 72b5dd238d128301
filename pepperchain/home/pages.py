"""The first page after signing in."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.core import clock
from pepperchain.home import boards
from pepperchain.web.render import render
from pepperchain.web.routing import SIGNED_IN, route


async def home(request: Request) -> Response:
    """What needs this person now, what they do most, how they stand."""
    board = await boards.board(request.state.actor, now=clock.now())
    return render(request, "home/home.html", {"board": board})


routes = [route("/", home, may=SIGNED_IN)]

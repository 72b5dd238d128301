"""The two longest lists of the product against a constant page of the same bytes on the same server."""

import re
from collections.abc import Sequence
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

from benchmarks.measures import Figure, Timing, median
from benchmarks.servers import Server

BUYER = "19900000007"
OFFICER = "19900000002"
PEOPLE = (BUYER, OFFICER)
PAGES = (("stock page", "/market", BUYER), ("slip page", "/harvest/weigh-ins", OFFICER))
GOAL = 15.0
GOAL_WARM = 6.0
ROUNDS = 5
ANSWERS = 40
_NEXT = re.compile(r'href="([^"]*[?&;]cursor=[^"]*)"')


async def measure(server: Server) -> list[Figure]:
    """Processor time of the server for each answer: of pages nobody saw before, and of one that was just seen."""
    found = []
    for name, path, phone in PAGES:
        found += await _against_constant(server, name, path, phone)
    return found


async def _against_constant(server: Server, name: str, path: str, phone: str) -> list[Figure]:
    signed_in = server.headers(phone)
    page = await server.ask(path, signed_in)
    assert page.status == 200, f"{path}: {page.status}"
    await server.ask("/bench/constant", method="PUT", body=page.body)
    fresh = iter(await _following(server, path, phone, count=(ROUNDS + 1) * ANSWERS))
    await server.cost([next(fresh) for _ in range(ANSWERS)], signed_in)
    new, warm, constant, small = [], [], [], []
    for _ in range(ROUNDS):
        new.append(await server.cost([next(fresh) for _ in range(ANSWERS)], signed_in))
        warm.append(await server.cost([path] * ANSWERS * 3, signed_in))
        constant.append(await server.cost(["/bench/constant"] * ANSWERS * 10, {}))
        small.append(await server.cost([path] * ANSWERS * 3, server.headers(phone, Accept_Encoding="zstd")))
    first, again, other, zstd = median(new), median(warm), median(constant), median(small)
    what = f"{name}, 50 rows, {len(page.body) / 1000:.1f} kB, signed in"
    against = "a constant page of the same bytes, plain route, same server"
    return [
        Figure(
            f"{what}, rows not drawn before", against, first.cpu / other.cpu, GOAL, False, _told(first, other)
        ),
        Figure(
            f"{what}, warm",
            against,
            again.cpu / other.cpu,
            GOAL_WARM,
            False,
            f"{_told(again, other)}; compressed for the wire {_ms(zstd)}",
        ),
    ]


async def _following(server: Server, path: str, phone: str, *, count: int) -> Sequence[str]:
    """The addresses of pages further and further down, found a page ahead so that their own rows are new when they are asked for.

    Each is asked for by somebody else first, whose rows are drawn in jin: what is kept of them serves nobody else.
    """
    found: list[str] = []
    here = path
    for _ in range(count):
        page = await server.ask(f"{here}{'&' if '?' in here else '?'}unit=jin", server.headers(phone))
        onward = [unescape(each) for each in _NEXT.findall(page.body.decode())]
        assert onward, f"{here} leads no further"
        address = urlsplit(onward[-1])
        kept = [(name, value) for name, value in parse_qsl(address.query) if name != "unit"]
        here = f"{address.path}?{urlencode(kept)}"
        found.append(here)
    return found


def _told(mine: Timing, other: Timing) -> str:
    return f"{_ms(mine)} against {_ms(other)}"


def _ms(timing: Timing) -> str:
    return f"{timing.cpu * 1000:.2f} ms CPU ({timing.wall * 1000:.2f} wall)"

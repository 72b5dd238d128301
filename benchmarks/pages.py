"""The two longest lists of the product against a constant page of the same bytes on the same server."""

from benchmarks.measures import Figure, Timing, median
from benchmarks.servers import Server

BUYER = "19900000007"
LEADER = "19900000004"
PEOPLE = (BUYER, LEADER)
PAGES = (("stock page", "/market", BUYER), ("slip page", "/harvest/weigh-ins", LEADER))
GOAL = 15.0
ROUNDS = 5
ANSWERS = 60


async def measure(server: Server) -> list[Figure]:
    """Processor time of the server for each answer."""
    return [await _against_constant(server, name, path, phone) for name, path, phone in PAGES]


async def _against_constant(server: Server, name: str, path: str, phone: str) -> Figure:
    signed_in = server.headers(phone)
    page = await server.ask(path, signed_in)
    assert page.status == 200, f"{path}: {page.status}"
    await server.ask("/bench/constant", method="PUT", body=page.body)
    ours, constant, small = [], [], []
    for _ in range(ROUNDS):
        ours.append(await server.cost(path, signed_in, count=ANSWERS))
        constant.append(await server.cost("/bench/constant", {}, count=ANSWERS * 10))
        small.append(await server.cost(path, server.headers(phone, Accept_Encoding="zstd"), count=ANSWERS))
    mine, other, zstd = median(ours), median(constant), median(small)
    return Figure(
        work=f"{name}, 50 rows, {len(page.body) / 1000:.1f} kB, signed in",
        against="a constant page of the same bytes, plain route, same server",
        ratio=mine.cpu / other.cpu,
        goal=GOAL,
        at_least=False,
        detail=f"{_ms(mine)} against {_ms(other)}; compressed for the wire {_ms(zstd)}",
    )


def _ms(timing: Timing) -> str:
    return f"{timing.cpu * 1000:.2f} ms CPU ({timing.wall * 1000:.2f} wall)"

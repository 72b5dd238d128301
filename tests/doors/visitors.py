"""The cast with a browser and a token each, and requests that leave no trace: whatever they did is rolled back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

import httpx2

from pepperchain.accounts import sessions, tokens
from pepperchain.accounts.session_pages import COOKIE
from pepperchain.app import create_app
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import ADDRESS

T = TypeVar("T")

OWN_PAGES = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
FRAGMENT = {"HX-Request": "true"}


class _Undone(Exception):
    """Carries what was found out of a unit of work that must not last."""

    def __init__(self, found: Any) -> None:
        self.found = found


async def without_trace(act: Callable[[], Awaitable[T]]) -> T:
    """What `act` finds, with all that it wrote rolled back."""

    @db.unit_of_work
    async def tried() -> None:
        raise _Undone(await act())

    try:
        await tried()
    except _Undone as undone:
        found: T = undone.found
        return found
    raise AssertionError("unreachable")


class Visitors:
    """One app, one browser for each person, and a program of theirs with a token."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self.app = create_app()
        self._stack = stack
        self._browsers: dict[str | None, httpx2.AsyncClient] = {}
        self._machines: dict[str | None, httpx2.AsyncClient] = {}

    async def browser(self, phone: str | None) -> httpx2.AsyncClient:
        """Somebody's browser, signed in; a stranger's for None. The session is opened as signing in does, without the password."""
        if phone not in self._browsers:
            browser = await self._client(dict(OWN_PAGES))
            if phone is not None:
                browser.cookies.set(COOKIE, await opened_session(phone))
            self._browsers[phone] = browser
        return self._browsers[phone]

    async def machine(self, phone: str | None) -> httpx2.AsyncClient:
        """A program that acts as somebody, with all that their role may."""
        if phone not in self._machines:
            headers = {}
            if phone is not None:
                actor = await cast.actor(phone)
                issued = await tokens.create(
                    actor, request_id=new_id(), label="program", scopes=(), days=1, now=clock.now()
                )
                headers["Authorization"] = f"Bearer {issued.secret}"
            self._machines[phone] = await self._client(headers)
        return self._machines[phone]

    async def _client(self, headers: dict[str, str]) -> httpx2.AsyncClient:
        return await self._stack.enter_async_context(
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=self.app), base_url=ADDRESS, headers=headers
            )
        )


async def opened_session(phone: str) -> str:
    """The secret of a new session of somebody."""
    user_id = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=phone)
    return await _open(user_id)


@db.unit_of_work
async def _open(user_id: int) -> str:
    return await sessions.open_for(user_id, address="192.0.2.1", agent="a test", now=clock.now())


@asynccontextmanager
async def visitors() -> AsyncIterator[Visitors]:
    """Closes all their clients afterwards."""
    async with AsyncExitStack() as stack:
        yield Visitors(stack)

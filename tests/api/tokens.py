"""Programs that speak to the API with a token of somebody of the cast."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx2
import pytest

from pepperchain.access.capabilities import Capability
from pepperchain.accounts import queries, tokens
from pepperchain.app import create_app
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.harness.clients import ADDRESS

Machine = Callable[..., Awaitable[httpx2.AsyncClient]]


@pytest.fixture
async def machine(village: str) -> AsyncIterator[Machine]:
    """`await machine(phone)`: a client with a token of that person; `await machine()` has none."""
    app = create_app()
    async with AsyncExitStack() as stack:

        async def client(
            phone: str | None = None, *, scopes: frozenset[Capability] = frozenset()
        ) -> httpx2.AsyncClient:
            headers = {"Accept-Language": "zh"}
            if phone is not None:
                user_id = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=phone)
                actor = await queries.actor_of_user(user_id)
                issued = await tokens.create(
                    actor, request_id=new_id(), label="test", scopes=scopes, days=1, now=clock.now()
                )
                headers["Authorization"] = f"Bearer {issued.secret}"
            return await stack.enter_async_context(
                httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS, headers=headers)
            )

        yield client

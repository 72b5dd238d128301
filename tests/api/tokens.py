"""Programs that speak to the API with a token of somebody of the cast."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx2
import pytest

from pepperchain.access.capabilities import Capability
from pepperchain.accounts import tokens
from pepperchain.app import create_app
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from tests.harness import cast
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
                issued = await tokens.create(
                    await cast.actor(phone),
                    request_id=new_id(),
                    label="test",
                    scopes=scopes,
                    days=1,
                    now=clock.now(),
                )
                headers["Authorization"] = f"Bearer {issued.secret}"
            return await stack.enter_async_context(
                httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS, headers=headers)
            )

        yield client

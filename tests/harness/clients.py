"""HTTP clients of the app in this process, signed in by really posting the sign-in form."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module

import httpx2

from tests.harness.cast import PASSWORD

SignIn = Callable[..., Awaitable[httpx2.AsyncClient]]
ADDRESS = "http://testserver"


def sign_in_to_app(stack: AsyncExitStack) -> SignIn:
    """What the fixture `client` gives: `await client(phone)`, or `await client()` for someone who is not signed in.

    A browser says where a form was sent from, so these clients do too. Redirects are not followed. They close with `stack`.
    """
    app = import_module("pepperchain.app").create_app()

    async def client(phone: str | None = None, password: str = PASSWORD) -> httpx2.AsyncClient:
        browser = await stack.enter_async_context(
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app),
                base_url=ADDRESS,
                headers={"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"},
            )
        )
        if phone is not None:
            answer = await browser.post("/login", data={"phone": phone, "password": password})
            assert answer.status_code == 303, (
                f"{phone} could not sign in: {answer.status_code} {answer.text[:500]}"
            )
        return browser

    return client

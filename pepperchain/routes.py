"""Every page of the product, room by room."""

from starlette.routing import BaseRoute

from pepperchain.accounts.pages import routes as accounts

ROUTES: list[BaseRoute] = [
    *accounts,
]

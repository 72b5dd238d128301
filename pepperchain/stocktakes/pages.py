"""Every page of this room."""

from starlette.routing import BaseRoute

from pepperchain.stocktakes import check_pages, count_pages, signing_pages, stocktake_pages

routes: list[BaseRoute] = [
    *stocktake_pages.routes,
    *count_pages.routes,
    *signing_pages.routes,
    *check_pages.routes,
]

"""Every page of the product, room by room."""

from starlette.routing import BaseRoute

from pepperchain.accounts.pages import routes as accounts
from pepperchain.api.pages import routes as api
from pepperchain.bank.pages import routes as bank
from pepperchain.climate.pages import routes as climate
from pepperchain.consents.pages import routes as consents
from pepperchain.directory.pages import routes as directory
from pepperchain.exports.pages import routes as exports
from pepperchain.harvest.pages import routes as harvest
from pepperchain.home.pages import routes as home
from pepperchain.imports.pages import routes as imports
from pepperchain.market.pages import routes as market
from pepperchain.segments.pages import routes as segments
from pepperchain.stocktakes.pages import routes as stocktakes
from pepperchain.storage.pages import routes as storage
from pepperchain.visits.pages import routes as visits

ROUTES: list[BaseRoute] = [
    *home,
    *accounts,
    *directory,
    *visits,
    *consents,
    *segments,
    *harvest,
    *storage,
    *climate,
    *stocktakes,
    *bank,
    *market,
    *imports,
    *exports,
    *api,
]

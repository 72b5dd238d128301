"""Every page of the harvest."""

from pepperchain.harvest.evening_pages import routes as evenings
from pepperchain.harvest.overview_pages import routes as overviews
from pepperchain.harvest.slip_pages import routes as slips
from pepperchain.harvest.weighin_pages import routes as weighing

routes = [*overviews, *weighing, *evenings, *slips]

"""Every page of the harvest."""

from pepperchain.harvest.weighin_pages import routes as weighing

routes = [*weighing]

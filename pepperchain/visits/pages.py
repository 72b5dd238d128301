"""Every page of visits."""

from pepperchain.visits.own_pages import routes as own
from pepperchain.visits.visit_pages import routes as visits

routes = [*own, *visits]

"""Every page of this room."""

from pepperchain.consents.copy_pages import routes as copies
from pepperchain.consents.correction_pages import routes as corrections
from pepperchain.consents.erasure_pages import routes as erasures
from pepperchain.consents.own_pages import routes as own
from pepperchain.consents.person_pages import routes as person

routes = [*own, *person, *copies, *corrections, *erasures]

"""What may this user see? For administrators, in sentences."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import POLICY
from pepperchain.accounts import access_queries, queries, rules, user_queries
from pepperchain.directory import queries as directory
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import render
from pepperchain.web.routing import route


async def show(request: Request) -> Response:
    user = await user_queries.get_user(request.state.actor, request.path_params["user_id"])
    theirs, language = await queries.actor_of_user(user.id), reader().language
    areas = [area.called(language) for area in await directory.townships() if area.id in user.township_ids]
    held = POLICY[user.role]
    context = {
        "user": user,
        "areas": areas,
        "acts_for_organization": user.role in rules.ORGANIZATION_KINDS,
        "may_all": [gettext(each.sentence) for each in Capability if each in held],
        "may_not": [gettext(each.sentence) for each in Capability if each not in held],
        "seen": await access_queries.seen_by(theirs, request.app.state.sights),
        "counted_max": access_queries.COUNTED_MAX,
    }
    return render(request, "accounts/user_access.html", context)


routes = [route("/admin/users/{user_id:int}/access", show, may=Capability.ACCOUNT_ADMINISTER)]

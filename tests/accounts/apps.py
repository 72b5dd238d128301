"""An authenticator app for tests: what it shows at a moment, from what the enrolment page told it."""

from datetime import datetime
from uuid import UUID

import pyotp

from pepperchain.accounts import second_steps, step_queries
from pepperchain.core.ids import new_id
from tests.accounts import people


async def shown(user_id: int, *, at: datetime) -> str:
    """The six digits on the phone of this user."""
    step = await step_queries.step_of(user_id)
    assert step is not None, "nothing was brought into the app"
    assert step.secret is not None
    return pyotp.TOTP(step.secret).at(at)


async def enrol(user_id: int, *, at: datetime, keep: UUID | None = None) -> list[str]:
    """The user sets the second step up; the recovery codes."""
    actor = await people.acting(user_id)
    await second_steps.begin(actor, now=at)
    code = await shown(user_id, at=at)
    return list(
        await second_steps.confirm(actor, request_id=new_id(), code=code, keep=keep or new_id(), now=at)
    )

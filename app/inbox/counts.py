"""How much waits for an operator: the counts of the bar and of the tabs."""

from __future__ import annotations

from datetime import datetime

from app.accounts.operator import Operator
from app.database import db
from app.inbox.rows import COUNTED, VISTE, Filter, count
from app.rights.policy import may_ever


def open_for(operator: Operator) -> int | str | None:
    """The operator's own open tasks, for the bar; None for who has no scrivania."""
    if not may_ever(operator, "read:inbox"):
        return None
    return shown(count(db.session, operator, Filter("mie"), datetime.now().astimezone()))


def by_view(operator: Operator, now: datetime) -> dict[str, int | str]:
    """Open tasks by view, as the page shows them."""
    return {vista: shown(count(db.session, operator, Filter(vista), now)) for vista in VISTE}


def shown(number: int) -> int | str:
    """«500+» where counting stopped."""
    return number if number < COUNTED else f"{COUNTED}+"

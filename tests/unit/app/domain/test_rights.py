"""How far conditions of policies reach for somebody with some permissions."""

import pytest

from app.domain.rights import Reach, reach

PLANS = "( SELECT may(VARIADIC ARRAY['plan'::text]) AS may)"
EITHER = "( SELECT may(VARIADIC ARRAY['plan'::text, 'administer'::text]) AS may)"
MINE = "(user_id = ( SELECT acting_user() AS acting_user))"


@pytest.mark.row("F3")
@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([], Reach.NONE),
        (["true"], Reach.ALL),
        ([PLANS], Reach.ALL),
        ([EITHER], Reach.ALL),
        (["( SELECT may(VARIADIC ARRAY['administer'::text]) AS may)"], Reach.NONE),
        ([MINE], Reach.SOME),
        ([f"({MINE} OR {PLANS})"], Reach.ALL),
        ([f"({PLANS} AND {MINE})"], Reach.SOME),
        ([f"({PLANS.replace('plan', 'dial')} AND {MINE})"], Reach.NONE),
        ([f"({MINE} OR {PLANS.replace('plan', 'dial')})"], Reach.SOME),
        ([f"({PLANS.replace('plan', 'dial')} AND {MINE})", "true"], Reach.ALL),
    ],
)
def test_a_permission_settles_what_hangs_on_it_alone(conditions: list[str], found: Reach):
    assert reach(conditions, {"plan"}) is found

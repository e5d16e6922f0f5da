"""No policy, grant, trigger or constraint of the server is there in vain: each that is taken away is missed."""

import re
import sys
from collections import Counter

import pytest

from tests.security import expected, mutants
from tests.security.furnish import furnished


@pytest.mark.soak
@pytest.mark.row("F3", "R-X3", "U21", "R-X1")
def test_whatever_is_taken_away_is_missed(postgres_server: str, capsys: pytest.CaptureFixture[str]) -> None:
    behaviour, catalogue, made = Counter[str](), Counter[str](), Counter[str]()
    survived, unseen = [], []
    with furnished(postgres_server, "t_mutants") as office, office.as_owner() as owner:
        watch = mutants.Watch(office, owner, expected.read())
        for mutant in list(mutants.every(owner)):
            by_behaviour, by_catalogue = watch.notices(mutant)
            made[mutant.kind] += 1
            behaviour[mutant.kind] += by_behaviour
            catalogue[mutant.kind] += by_catalogue
            if not by_behaviour:
                survived.append(f"{mutant.kind}: {mutant.name}")
            if not by_catalogue:
                unseen.append(f"{mutant.kind}: {mutant.name}")
        owner.rollback()
    lines = [f"  {kind:<16}{number:>6}{behaviour[kind]:>6}{catalogue[kind]:>6}" for kind, number in made.items()]
    lines.append(f"  {'all':<16}{made.total():>6}{behaviour.total():>6}{catalogue.total():>6}")
    with capsys.disabled():
        sys.stdout.write("\nmutants: made, noticed by behaviour, by the catalogue\n")
        sys.stdout.write("\n".join((*lines, "survived behaviour:", *survived, "")))
    excuses = mutants.excused()
    assert unseen == []
    assert [name for name in survived if not any(re.fullmatch(excuse, name) for excuse in excuses)] == []
    assert [excuse for excuse in excuses if not any(re.fullmatch(excuse, name) for name in survived)] == []

import json

import pytest
from click.testing import CliRunner

from app.cli import main
from app.domain.processes.routing import Candidate, Choice, Rule
from app.services.processes import routing


def simulate(server: str) -> tuple[int, dict[str, float]]:
    words = [
        "simulate",
        "intake",
        "--count",
        "24",
        "--connections",
        "4",
        "--workers",
        "3",
        "--server",
        server,
        "--json",
    ]
    result = CliRunner().invoke(main, words)
    return result.exit_code, json.loads(result.output)


@pytest.mark.row("R-F11", "U1", "U2", "U11", "U12", "R-F6")
def test_enquiries_at_once_and_a_manager_who_hands_out_keep_every_promise(postgres_server):
    status, report = simulate(postgres_server)
    assert status == 0
    assert report["spread"] <= 1
    assert report["mails"] == 24
    assert {report[name] for name in ("unhandled", "double", "manual_overwritten", "wrong_choice")} == {0}
    assert report["by_hand"] > 0


def test_a_machine_that_chooses_badly_is_found_out(postgres_server, monkeypatch):
    def busiest(candidates: tuple[Candidate, ...], **_rules: bool) -> Choice:
        return Choice(Rule.FEWEST, max(candidates, key=lambda each: (each.open_tasks, each.user_id)).user_id)

    monkeypatch.setattr(routing, "choose", busiest)
    status, report = simulate(postgres_server)
    assert status == 1
    assert report["spread"] == 24
    assert report["wrong_choice"] > 0

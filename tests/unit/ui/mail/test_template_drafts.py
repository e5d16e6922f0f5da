"""What is typed into a mail template is kept on this computer until it is saved."""

import json
from dataclasses import replace

import pytest
from PySide6.QtTest import QTest

from app.drafts.draft import of_entry, to_entry
from app.services.mail.rows import TemplateText
from app.services.mail.templates import list_templates
from tests.unit.ui.mail.conftest import MailDesk
from ui.kit.drafts import drafts_of


@pytest.mark.row("F5")
def test_a_half_written_text_comes_back_as_it_was(desk: MailDesk) -> None:
    row_id = desk.add_template()
    view = desk.templates()
    drafts = drafts_of(desk.window.desk)
    body = view.form.texts.body
    body.setFocus()
    body.selectAll()
    QTest.keyClicks(body, "Half a wo")
    (draft,) = list(drafts.typed)
    assert draft.record == f"mail_templates:{row_id}"
    view.drop()
    assert list(drafts.typed) == []
    drafts.take_back(replace(of_entry(json.loads(json.dumps(to_entry(draft)))), run="dead"))
    assert view.unsaved.isVisible()
    view.unsaved.restore_button.click()
    assert body.toPlainText() == "Half a wo"
    view.save()
    desk.settle()
    (row,) = desk.backend.execute(list_templates)
    assert isinstance(row.draft.texts["en"], TemplateText)
    assert row.draft.texts["en"].body.strip() == "Half a wo"
    assert list(drafts.typed) == []

"""The editor of mail templates, used as a person would use it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app.backend import Backend
from app.bus import Bus
from app.models.mail import MailTemplate
from app.services.mail.rows import TemplateDraft, TemplateText
from app.services.mail.templates import delete_template, list_templates, save_template
from tests.unit.ui.mail.conftest import MailDesk
from ui.kit.bidi import bare
from ui.kit.editing import Editing
from ui.mail.templates import TemplatesView
from ui.mail.typed import draft_of, typed_of
from ui.widgets.merge.window import BOTH


def turn_to(view: TemplatesView, name: str) -> None:
    tabs = view.form.texts.languages
    tabs.setCurrentIndex(next(at for at in range(tabs.count()) if tabs.tabText(at).startswith(name)))


def chip(view: TemplatesView, name: str) -> QToolButton:
    return next(each for each in view.form.texts.findChildren(QToolButton) if each.text() == "{" + name + "}")


def entries(view: TemplatesView) -> list[str]:
    return [bare(view.list.item(place).text()) for place in range(view.list.count())]


def preview_settled(desk: MailDesk, view: TemplatesView, text: str) -> None:
    desk.qtbot.waitUntil(lambda: text in bare(view.form.letter.body.toPlainText()), timeout=60_000)


@pytest.mark.row("R-T34")
def test_a_template_is_written_with_fields_by_a_click_and_previewed_on_a_real_ticket(desk: MailDesk) -> None:
    desk.add_template()
    view = desk.templates()
    assert entries(view) == ["Ticket opened", "Thanks"]
    body = view.form.texts.body
    preview_settled(desk, view, "דנה כהן")
    assert "Boiler leaks" in view.form.letter.body.toPlainText()
    assert "dana@cohen.co.il" in view.form.letter.head[0]
    body.setFocus()
    body.selectAll()
    QTest.keyClicks(body, "Number ")
    QTest.mouseClick(chip(view, "ticket"), Qt.MouseButton.LeftButton)
    assert body.toPlainText() == "Number {ticket}"
    preview_settled(desk, view, f"Number {desk.ticket}")
    view.form.texts.subject.setFocus()
    view.form.texts.subject.selectAll()
    QTest.mouseClick(chip(view, "subject"), Qt.MouseButton.LeftButton)
    assert view.form.texts.subject.text() == "{subject}"
    assert view.save_button.isEnabled()
    QTest.mouseClick(view.save_button, Qt.MouseButton.LeftButton)
    desk.settle()
    (row,) = desk.backend.execute(list_templates)
    assert row.draft.texts == {"en": TemplateText("{subject}", "Number {ticket}\n")}
    assert not view.save_button.isEnabled()


@pytest.mark.row("U20")
def test_each_language_has_its_text_in_its_own_direction(desk: MailDesk) -> None:
    desk.add_template()
    view = desk.templates()
    texts = view.form.texts
    assert texts.body.document().defaultTextOption().textDirection() == Qt.LayoutDirection.LeftToRight
    turn_to(view, "עברית")
    assert texts.body.toPlainText() == ""
    assert texts.body.document().defaultTextOption().textDirection() == Qt.LayoutDirection.RightToLeft
    assert texts.subject.layoutDirection() == Qt.LayoutDirection.RightToLeft
    texts.subject.setText("קיבלנו")
    texts.body.setPlainText("שלום {customer}")
    preview_settled(desk, view, "שלום")
    direction = view.form.letter.body.document().defaultTextOption().textDirection()
    assert direction == Qt.LayoutDirection.RightToLeft
    view.save()
    desk.settle()
    (row,) = desk.backend.execute(list_templates)
    assert set(row.draft.texts) == {"en", "he"}
    turn_to(view, "English")
    assert texts.body.toPlainText().startswith("Dear {customer}")


@pytest.mark.row("R-T34")
def test_a_field_that_does_not_exist_is_named_while_typing_and_refused(desk: MailDesk) -> None:
    desk.add_template()
    view = desk.templates()
    texts = view.form.texts
    texts.body.setFocus()
    texts.body.selectAll()
    QTest.keyClicks(texts.body, "Dear {custommer}")
    assert "{custommer}" in texts.wrong.text()
    assert texts.wrong.isVisible()
    view.save()
    desk.settle()
    assert view.form.fields["texts"].has_error
    (row,) = desk.backend.execute(list_templates)
    assert "custommer" not in row.draft.texts["en"].body
    QTest.keyClicks(texts.body, "!")
    texts.body.selectAll()
    QTest.keyClicks(texts.body, "Dear {customer}")
    assert texts.wrong.isHidden()
    # A field of visits is none of tickets: the chips follow the event, and so does the judgement.
    texts.body.setPlainText("{technician}")
    assert texts.wrong.isVisible()
    view.form.when.set_value("call_moved")
    view.form.when.changed.emit("call_moved")
    assert texts.wrong.isHidden()


def test_what_is_typed_stays_while_another_template_is_looked_at(desk: MailDesk) -> None:
    desk.add_template("A")
    desk.add_template("B")
    view = desk.templates()
    view.form.name.setText("A changed")
    view.list.setCurrentRow(2)
    desk.settle()
    assert view.form.name.text() == "B"
    assert not view.save_button.isEnabled()
    view.list.setCurrentRow(1)
    desk.settle()
    assert view.form.name.text() == "A changed"
    QTest.mouseClick(view.cancel_button, Qt.MouseButton.LeftButton)
    assert view.form.name.text() == "A"


def test_what_somebody_else_saved_meanwhile_is_told_and_not_overwritten(desk: MailDesk) -> None:
    row_id = desk.add_template("A")
    view = desk.templates()
    view.form.hold.set_value(30)
    (row,) = desk.elsewhere.execute(list_templates)
    theirs = replace(row.draft, name="Theirs", hold_minutes=5)
    desk.elsewhere.execute(save_template, theirs, row_id=row_id, version=row.version)
    desk.settle()
    assert view.meeting.line.isVisible()
    assert (view.form.name.text(), view.form.hold.value()) == ("Theirs", 30)
    QTest.mouseClick(view.meeting.line.take_theirs, Qt.MouseButton.LeftButton)
    desk.settle()
    assert (view.form.name.text(), view.form.hold.value()) == ("Theirs", 5)
    assert not view.meeting.line.isVisible()
    assert not view.save_button.isEnabled()


@pytest.mark.row("F4")
def test_two_languages_of_a_template_are_written_by_two_people(desk: MailDesk) -> None:
    row_id = desk.add_template("A")
    view = desk.templates()
    texts = view.form.texts
    texts.body.setFocus()
    QTest.keyClicks(texts.body, "Mine. ")
    unheard = Backend(desk.database, Bus(), desk.me)
    (row,) = unheard.execute(list_templates)
    english = row.draft.texts["en"]
    theirs = replace(
        row.draft, texts={"en": replace(english, subject="Their subject"), "he": TemplateText("קיבלנו", "שלום\n")}
    )
    unheard.execute(save_template, theirs, row_id=row_id, version=row.version)
    QTest.mouseClick(view.save_button, Qt.MouseButton.LeftButton)
    desk.settle()
    (row,) = desk.elsewhere.execute(list_templates)
    assert row.draft.texts["en"] == TemplateText("Their subject", f"Mine. {english.body}")
    assert row.draft.texts["he"] == TemplateText("קיבלנו", "שלום\n")
    assert any("Subject (English)" in each and "Both changes are saved." in each for each in _said(desk))
    assert view.form.value() == row.draft
    assert not view.save_button.isEnabled()


@pytest.mark.row("F4")
def test_the_same_text_is_asked_about_and_both_can_stand(desk: MailDesk) -> None:
    row_id = desk.add_template("A")
    view = desk.templates()
    texts = view.form.texts
    texts.body.moveCursor(QTextCursor.MoveOperation.End)
    texts.body.setFocus()
    QTest.keyClicks(texts.body, "Mine.")
    unheard = Backend(desk.database, Bus(), desk.me)
    (row,) = unheard.execute(list_templates)
    english = row.draft.texts["en"]
    theirs = replace(row.draft, texts={"en": replace(english, body=english.body + "Theirs.\n")}, hold_minutes=15)
    unheard.execute(save_template, theirs, row_id=row_id, version=row.version)
    QTest.mouseClick(view.save_button, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: view.meeting.meeting.window is not None, timeout=60_000)
    window = view.meeting.meeting.window
    assert window is not None
    assert window.fields == ("bodies.en",)
    assert window.side("bodies.en") == BOTH
    window.save_button.click()
    desk.settle()
    (row,) = desk.elsewhere.execute(list_templates)
    body = row.draft.texts["en"].body
    assert body.startswith(english.body)
    assert "Mine." in body
    assert "Theirs." in body
    assert row.draft.hold_minutes == 15
    assert not view.save_button.isEnabled()


def _said(desk: MailDesk) -> list[str]:
    return [bare(notice.words()) for notice in desk.said]


def test_an_empty_office_adds_the_usual_templates_or_begins_its_own(desk: MailDesk) -> None:
    view = desk.templates()
    assert view.pages.currentWidget() is view.nothing
    QTest.mouseClick(view.nothing.button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert len(desk.backend.execute(list_templates)) > 3
    QTest.mouseClick(view.new_button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(view.form.name, "Mine")
    view.form.texts.subject.setText("Hello")
    view.form.texts.body.setPlainText("Hello")
    view.save()
    desk.settle()
    assert "Mine" in [row.draft.name for row in desk.backend.execute(list_templates)]


def test_a_template_is_deleted_after_a_question(desk: MailDesk) -> None:
    row_id = desk.add_template("A")
    view = desk.templates()
    QTest.mouseClick(view.delete_button, Qt.MouseButton.LeftButton)
    assert view.question.isVisible()
    QTest.mouseClick(view._delete, Qt.MouseButton.LeftButton)
    desk.settle()
    with desk.database.reading() as session:
        assert session.get(MailTemplate, row_id) is None
    assert view.pages.currentWidget() is view.nothing


def test_the_question_is_about_the_template_it_names(desk: MailDesk) -> None:
    gone, kept = desk.add_template("A"), desk.add_template("B")
    view = desk.templates()
    QTest.mouseClick(view.delete_button, Qt.MouseButton.LeftButton)
    assert "A" in bare(view.question.words.text())
    (row,) = [each for each in desk.backend.execute(list_templates) if each.id == gone]
    desk.backend.execute(delete_template, row.id, row.version)
    desk.settle()
    view.refresh()
    desk.settle()
    assert not view.question.isVisible(), "whoever says yes to A does not delete B"
    with desk.database.reading() as session:
        assert session.get(MailTemplate, kept) is not None


def test_what_is_typed_in_another_template_while_one_is_deleted_stays(desk: MailDesk) -> None:
    gone, kept = desk.add_template("A"), desk.add_template("B")
    view = desk.templates()
    QTest.mouseClick(view.delete_button, Qt.MouseButton.LeftButton)
    view._delete_it()
    # At once, before the answer can come.
    view.list.setCurrentRow(entries(view).index("B"))
    view.form.texts.subject.setText("Typed")
    desk.settle()
    with desk.database.reading() as session:
        assert session.get(MailTemplate, gone) is None
    assert (view._key, view.form.texts.subject.text(), view.save_button.isEnabled()) == (kept, "Typed", True)


def test_a_text_somebody_has_not_written_yet_is_no_quarrel_with_a_colleagues() -> None:
    draft = TemplateDraft("A", "ticket_opened", texts={"en": TemplateText("Hello", "Dear")})
    sheet = Editing(typed_of(draft), 1)
    sheet.draft = typed_of(replace(draft, texts={**draft.texts, "he": TemplateText("שלום", "")}))
    theirs = replace(draft, texts={**draft.texts, "he": TemplateText("הי", "תודה")})
    assert sheet.meet(typed_of(theirs), 2) == {"subjects.he"}
    assert draft_of(sheet.draft).texts["he"] == TemplateText("שלום", "תודה")
    # What is cleared on purpose is a change as any other.
    sheet = Editing(typed_of(draft), 1)
    sheet.draft = typed_of(replace(draft, texts={"en": TemplateText("", "Dear")}))
    assert sheet.meet(typed_of(replace(draft, name="B")), 2) == frozenset()
    assert draft_of(sheet.draft) == replace(draft, name="B", texts={"en": TemplateText("", "Dear")})

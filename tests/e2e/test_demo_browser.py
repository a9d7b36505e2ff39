"""A simulated customer's browser submits what a real one would."""

from __future__ import annotations

from infra.demo.browser import Form

PAGE = """<form method="post" action="/there"><input name="number"><input type="hidden" name="form" value="signed">
<select name="window"><option value="soon">Soon<option value="later">Later</select>
<select name="zone"><option>UTC</option><option selected>Europe/Paris</option></select>
<select name="empty"></select></form>"""


def test_a_list_is_submitted_with_the_option_that_is_selected_or_else_its_first() -> None:
    form = Form(PAGE, "number")
    assert form.action == "/there"
    assert form.fields == {"number": "", "form": "signed", "window": "soon", "zone": "Europe/Paris"}

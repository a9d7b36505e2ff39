"""A project's document that comes by the API holds its public holidays like one that is applied from a file."""

from __future__ import annotations

from infra.holidays_named import with_holidays
from tests.web.running import PROJECT, Running


async def test_public_holidays_are_written_into_a_document_that_comes_by_the_api(web: Running) -> None:
    web.doors.complete = lambda project: with_holidays(project, web.clock().date())
    anne = await web.client("anne", {"*": ["administrator"]})
    path = f"/api/projects/{PROJECT}/configuration"
    known = (await anne.get(path)).json()
    hours = {"office": {"weekly": {"mon": ["08:00-16:00"]}, "holidays": "PL", "days": {}}}
    body = {"document": {**known["document"], "hours": hours}, "expected_revision": known["revision"]}
    answer = await anne.put(path, json=body)
    assert answer.status_code < 300, answer.text
    days = (await anne.get(path)).json()["document"]["hours"]["office"]["days"]
    year = web.clock().year
    assert days[f"{year}-11-11"] == []
    assert {day[:4] for day in days} == {str(year + more) for more in range(4)}

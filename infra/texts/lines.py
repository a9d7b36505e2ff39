"""Our numbers that take and send texts, as the configuration in force has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from channels.sms.called_party import country_of
from channels.sms.senders import Sender, choose
from domain.centre.documents import ProjectDocument
from domain.centre.numbers import Number, Texts
from domain.execute import Origin
from infra.configured import Configured


@dataclass(frozen=True, slots=True)
class Line:
    """A number of a project's that takes and sends texts."""

    project: ProjectDocument
    name: str
    number: Number
    texts: Texts

    def origin(self, actor: str) -> Origin:
        return Origin(project=self.project.project, pool=self.project.pool, actor=actor, confined=True)


class Lines:
    """Looks numbers up; `configured` is kept up to date by whoever asks."""

    def __init__(self, configured: Configured) -> None:
        self.configured = configured

    def at(self, provider: str, number: str) -> Line | None:
        """The line that a provider's account reaches us at; None for a number of nobody's."""
        for project in self.configured.projects.values():
            for line in lines_of(project):
                if line.number.number == number and line.number.provider == provider:
                    return line
        return None

    def writing_to(self, project: str, name: str, customer: str, number: str) -> Line | None:
        """The line that writes to a customer: that of this name, else the one that the pool gives them.

        `customer`: a keyed fingerprint, by which the choice is made; `number`: theirs. None where the project has none.
        """
        document = self.configured.projects.get(project)
        lines = {} if document is None else {line.name: line for line in lines_of(document)}
        if name in lines:
            return lines[name]
        able = {line.number.number: line for line in lines.values()}
        senders = [Sender(one, country_of(one)) for one in able]
        chosen = choose(senders, customer, country_of(number)).sender
        return None if chosen is None else able[chosen.number]


def lines_of(project: ProjectDocument) -> Iterator[Line]:
    for name, number in project.numbers.items():
        if number.texts is not None:
            yield Line(project, name, number, number.texts)

"""What requests about calls carry."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.centre.documents import Name
from domain.interaction.call_events import Hearing
from web.bodies import Body

AgentId = Annotated[str, StringConstraints(max_length=40, pattern=r"^([a-z][a-z0-9_]*)?$")]
#: As people write it; read and refused where it is used.
Telephone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


class ConsultBody(Body):
    """Who is asked: a colleague, or somebody at an outside number; one of the two."""

    agent_id: AgentId = Field(default="", examples=["boris"])
    number: Telephone = Field(default="", examples=["+48 22 123 45 67"])

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.agent_id) == bool(self.number):
            raise ValueError("give either agent_id or number")
        return self


class HearingBody(Body):
    """`listens`: hears all; `whispers`: is heard by the agent alone; `speaks`: is heard by both."""

    hearing: Hearing = "listens"


class PauseBody(Body):
    reason: Literal["card_data", "wish"] = "card_data"


class CallOutBody(Body):
    """A number, or a customer whose telephone we know; one of the two.

    `queue`: by whose rules it is work, that of callbacks without. `line`: the name of the number of ours that is shown.
    """

    number: Telephone = Field(default="", examples=["+48 22 123 45 67"])
    customer_id: Annotated[str, StringConstraints(max_length=64)] = ""
    queue: Name | None = None
    line: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.number) == bool(self.customer_id):
            raise ValueError("give either number or customer_id")
        return self

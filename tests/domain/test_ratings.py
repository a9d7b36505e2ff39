"""Rating agent and company, and the life of a ticket around it."""

import pytest

from domain.ticket.decide import RateService, ReopenTicket, ResolveTicket
from domain.ticket.events import ServiceRated, TicketReopened
from tests.domain.commands import PROJECT, mail
from tests.domain.world import World, happened


@pytest.fixture
def ticket(world: World) -> str:
    ticket = world.when(mail()).result["ticket_id"]
    world.given(ResolveTicket(project=PROJECT, ticket_id=ticket, agent_id="anna"))
    return ticket


def rate(ticket: str, agent: int | None = None, company: int | None = None, comment: str = "") -> RateService:
    return RateService(ticket_id=ticket, agent_score=agent, company_score=company, comment=comment)


def test_a_rating_names_the_agent_who_settled_the_matter(world: World, ticket: str) -> None:
    world.when(rate(ticket, 5, 3, "thank you")).then(
        happened(ServiceRated, agent_id="anna", agent_score=5, company_score=3, comment="thank you")
    )


def test_agent_and_company_are_rated_in_any_order_and_each_keeps_its_score(world: World, ticket: str) -> None:
    world.when(rate(ticket, agent=4)).then(happened(ServiceRated, agent_score=4, company_score=None))
    world.when(rate(ticket, company=2)).then(happened(ServiceRated, agent_score=4, company_score=2))


def test_a_later_rating_replaces_the_earlier_one_and_the_same_one_changes_nothing(world: World, ticket: str) -> None:
    world.given(rate(ticket, 1, 1))
    world.when(rate(ticket, 1, 1)).changes_nothing()
    world.when(rate(ticket, 5)).then(happened(ServiceRated, agent_score=5, company_score=1))
    assert world.of("ticket", ticket).rating == (5, 1)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_from_one_to_five(world: World, ticket: str, score: int) -> None:
    world.when(rate(ticket, agent=score)).rejected("bad_score", saying=str(score))


def test_a_rating_without_a_score_is_none(world: World, ticket: str) -> None:
    world.when(rate(ticket, comment="hm")).rejected("no_score")


def test_only_a_settled_matter_is_rated(world: World, ticket: str) -> None:
    world.when(ReopenTicket(project=PROJECT, ticket_id=ticket, reason="not settled")).including(
        happened(TicketReopened, reason="not settled")
    )
    world.when(rate(ticket, agent=1)).rejected("not_possible_now", saying="closed or resolved")
    world.when(rate("nothing", agent=1)).rejected("not_found")


def test_an_open_ticket_is_not_opened_again(world: World) -> None:
    ticket = world.when(mail()).result["ticket_id"]
    world.when(ReopenTicket(project=PROJECT, ticket_id=ticket, reason="?")).rejected("not_possible_now")

"""Who commands the engine: a person with an account, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """`account_id` is set for people; `label` is what history keeps: «account:12», «sistema:timer»."""

    label: str
    account_id: int | None = None


def operator(account_id: int) -> Actor:
    """A person who works here."""
    return Actor(f"account:{account_id}", account_id)


def system(part: str) -> Actor:
    """A part of the software: worker, timer, demo…"""
    return Actor(f"sistema:{part}")

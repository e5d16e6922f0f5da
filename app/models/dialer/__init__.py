"""Campaigns, the people they call, and what came of it."""

from app.models.dialer.attempts import CallAttempt, Claim, DeskSign, DeskSpan
from app.models.dialer.campaigns import (
    CallForm,
    CallStatus,
    CallWindow,
    Campaign,
    CampaignForm,
    CampaignUser,
    DialRules,
)
from app.models.dialer.law import CallPerson, Consent, DoNotCall, RegisterBatch, RegisterCheck, RegisterRule
from app.models.dialer.pools import Lane, Pool, PoolEntry, PoolUser, QueuedCall
from app.models.dialer.telephones import PauseReason, PhoneLine

__all__ = [
    "CallAttempt",
    "CallForm",
    "CallPerson",
    "CallStatus",
    "CallWindow",
    "Campaign",
    "CampaignForm",
    "CampaignUser",
    "Claim",
    "Consent",
    "DeskSign",
    "DeskSpan",
    "DialRules",
    "DoNotCall",
    "Lane",
    "PauseReason",
    "PhoneLine",
    "Pool",
    "PoolEntry",
    "PoolUser",
    "QueuedCall",
    "RegisterBatch",
    "RegisterCheck",
    "RegisterRule",
]

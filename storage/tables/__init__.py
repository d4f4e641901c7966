"""The tables. A job is the only thing with a status; everything else is what was made.

Times are UTC; JSON columns hold plain values; ids are integers so that they fit in a URL.
"""

from storage.tables.accounts import Invitation, Membership, Person, SignIn, SignInFailure
from storage.tables.auditing import AuditLine
from storage.tables.base import (
    ACTIVE,
    CANCELLED,
    CANCELLING,
    FAILED,
    OPEN,
    PAUSED,
    PAUSING,
    QUEUED,
    RUNNING,
    STARTING,
    SUCCEEDED,
    TERMINAL,
    Base,
    UtcDateTime,
    now,
)
from storage.tables.judging import BlindTest, MustPass, OwnRating, Release, Vote
from storage.tables.operating import PersonLimit, Setting
from storage.tables.projects import BaseModel, Dataset, DatasetVersion, Draft, Project
from storage.tables.tickets import DownloadTicket, UploadTicket
from storage.tables.training import Evaluation, Job, JobAttempt, Metric, Run, Trial
from storage.tables.using import ApiKey, Conversation, Message, Watch, WatchedFile

__all__ = [
    "ACTIVE",
    "CANCELLED",
    "CANCELLING",
    "FAILED",
    "OPEN",
    "PAUSED",
    "PAUSING",
    "QUEUED",
    "RUNNING",
    "STARTING",
    "SUCCEEDED",
    "TERMINAL",
    "ApiKey",
    "AuditLine",
    "Base",
    "BaseModel",
    "BlindTest",
    "Conversation",
    "Dataset",
    "DatasetVersion",
    "DownloadTicket",
    "Draft",
    "Evaluation",
    "Invitation",
    "Job",
    "JobAttempt",
    "Membership",
    "Message",
    "Metric",
    "MustPass",
    "OwnRating",
    "Person",
    "PersonLimit",
    "Project",
    "Release",
    "Run",
    "Setting",
    "SignIn",
    "SignInFailure",
    "Trial",
    "UploadTicket",
    "UtcDateTime",
    "Vote",
    "Watch",
    "WatchedFile",
    "now",
]

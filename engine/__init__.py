"""The engine: runs releases of paths on PostgreSQL. Its public names; see README.md for how it works."""

from engine.actor import Actor, operator, system
from engine.bundle import Bundle, BundleUnreadable, forms_beside, from_folder
from engine.calendar import Calendar
from engine.checker import advise, check, check_decisions, check_diagram, check_form
from engine.clock import Clock, DatabaseClock, FixedClock
from engine.engine import Engine
from engine.errors import (
    AnswerRefused,
    CannotMend,
    CannotSendBack,
    CorrectionRefused,
    EngineError,
    FormInvalid,
    IncidentNotOpen,
    InstanceBusy,
    InstanceNotFound,
    MappingUnknown,
    MigrationNotFound,
    NotAllowed,
    Problem,
    ReleaseNotFound,
    ReleaseRefused,
    TaskNotOpen,
)
from engine.incidents import Remedy
from engine.invariants import Finding
from engine.messages import Delivery
from engine.migration.edits import Edit
from engine.migration.plan import Group, Plan
from engine.migration.verdict import Outcome
from engine.operation import Broken, Call, Operation, Operations, Refused, Transient
from engine.program import Program
from engine.scenario import Scenario, ScenarioFailed, scenarios
from engine.views import (
    HistoryView,
    IncidentView,
    InstanceView,
    JobToRun,
    SendBackTarget,
    TaskView,
)

__all__ = [
    "Actor",
    "AnswerRefused",
    "Broken",
    "Bundle",
    "BundleUnreadable",
    "Calendar",
    "Call",
    "CannotMend",
    "CannotSendBack",
    "Clock",
    "CorrectionRefused",
    "DatabaseClock",
    "Delivery",
    "Edit",
    "Engine",
    "EngineError",
    "Finding",
    "FixedClock",
    "FormInvalid",
    "Group",
    "HistoryView",
    "IncidentNotOpen",
    "IncidentView",
    "InstanceBusy",
    "InstanceNotFound",
    "InstanceView",
    "JobToRun",
    "MappingUnknown",
    "MigrationNotFound",
    "NotAllowed",
    "Operation",
    "Operations",
    "Outcome",
    "Plan",
    "Problem",
    "Program",
    "Refused",
    "ReleaseNotFound",
    "ReleaseRefused",
    "Remedy",
    "Scenario",
    "ScenarioFailed",
    "SendBackTarget",
    "TaskNotOpen",
    "TaskView",
    "Transient",
    "advise",
    "check",
    "check_decisions",
    "check_diagram",
    "check_form",
    "forms_beside",
    "from_folder",
    "operator",
    "scenarios",
    "system",
]

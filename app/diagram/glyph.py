"""Path data of the small signs: type of a task (16 units, from its corner), kind of an event and of a
gateway (around its centre)."""

USER = "M8 1.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM2 14.5c0-8 12-8 12 0z"
GEAR = (
    "M8 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM8 6.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z"
    "M8 1v2.5M8 12.5V15M1 8h2.5M12.5 8H15M3 3l1.8 1.8M11.2 11.2 13 13M3 13l1.8-1.8M11.2 4.8 13 3"
)
TABLE = "M1 2.5h14v11H1zM1 6h14M6 6v7.5"
ENVELOPE = "M1 3h14v10H1zM1 3l7 6 7-6"
FULL_ENVELOPE = "M1 3h14L8 8.5zM1 5v8h14V5l-7 5.5z"
PAGE = "M4 1h9c-4 4 2 8-2 14H2c4-6-2-10 2-14zM5 5h5M5.5 8H11M4.5 11h5"
HAND = (
    "M1 9l5-5.5c1.5-1 2 .5 1.5 1.2L6 7h8a1 1 0 0 1 0 2h-4 5a1 1 0 0 1 0 2h-5 4a1 1 0 0 1 0 2"
    "H9 12a1 1 0 0 1 0 2H5c-2 0-4-2-4-3z"
)

TASKS = {
    "userTask": USER,
    "serviceTask": GEAR,
    "businessRuleTask": TABLE,
    "receiveTask": ENVELOPE,
    "sendTask": FULL_ENVELOPE,
    "scriptTask": PAGE,
    "manualTask": HAND,
}

PENTAGON = "M0-8l7.6 5.5-2.9 9h-9.4l-2.9-9z"
EVENTS = {
    "timer": "M0-9a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM0-6v6h4.5",
    "message": "M-8-5.5h16v11h-16zM-8-5.5l8 6.5 8-6.5",
    "error": "M-8 8l4-14 5 8 7-10-4 15-5-8z",
    "escalation": "M0-8l7 15-7-6-7 6z",
    "signal": "M0-8l8 13h-16z",
    "conditional": "M-6-8h12v16h-12zM-4-4h8M-4 0h8M-4 4h8",
    "link": "M-8-3h8v-4l8 7-8 7v-4h-8z",
    "compensate": "M-1-6v12l-8-6zM8-6v12l-8-6z",
    "cancel": "M-6-6l12 12M6-6l-12 12",
    "multiple": PENTAGON,
    "terminate": "M0-9a9 9 0 1 1 0 18 9 9 0 0 1 0-18z",
}

THROWN = {"message": "M-8-5.5h16l-8 6.5zM-8-3v8.5h16v-8.5l-8 6.5z"}
"""What is drawn otherwise when an event throws it: filled, the lines of an envelope would not be seen."""

GATEWAYS = {
    "exclusiveGateway": "M-7-7l14 14M7-7l-14 14",
    "parallelGateway": "M0-11v22M-11 0h22",
    "inclusiveGateway": "M0-11a11 11 0 1 1 0 22 11 11 0 0 1 0-22z",
    "eventBasedGateway": "M0-13a13 13 0 1 1 0 26 13 13 0 0 1 0-26z" + PENTAGON,
    "complexGateway": "M0-11v22M-11 0h22M-8-8l16 16M8-8l-16 16",
}

INSIDE = "M-7-7h14v14h-14zM0-4v8M-4 0h8"  # something is inside: a called path, a closed subprocess
REPEATS = {
    "loop": "M5-5a7 7 0 1 0 2 5M5-9v4h-4",
    "parallel": "M-4-6v12M0-6v12M4-6v12",
    "sequential": "M-6-4h12M-6 0h12M-6 4h12",
}

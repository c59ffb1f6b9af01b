"""Tasks, subprocesses and their markers."""

from __future__ import annotations

from tests.engine.coverage.row import NEWS, Row, do, executed, one, path, refused, tag
from tests.engine.drawing import (
    COMPENSATION,
    compensating,
    end,
    event,
    extensions,
    human,
    inside,
    message,
    service,
    start,
    undone,
)

RULES = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://prova">
  <decision id="fascia" name="fascia"><variable name="fascia"/>
    <literalExpression><text>if grave then "alta" else "bassa"</text></literalExpression>
  </decision>
</definitions>"""

BETWEEN = "inizio uno; uno due; due fine"


def rounds(kind: str, inner: str = "", more: str = "") -> str:
    """A multi-instance marker over `voci`."""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics isSequential='{str(kind == 'sequential').lower()}'>"
        "<bpmn:extensionElements><zeebe:loopCharacteristics inputCollection='=voci' inputElement='voce' "
        f"outputCollection='detti' outputElement='=voce + scelta' {more}/></bpmn:extensionElements>{inner}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


UNTIL = "<bpmn:completionCondition>=scelta &gt;= 20</bpmn:completionCondition>"
INNER = start("i2") + human("dentro_uno") + end("f2")
INNER_FLOWS = "i2 dentro_uno; dentro_uno f2"
CHOSEN = [do("uno", scelta=10), do("uno", scelta=20), do("uno", scelta=30)]

CHOOSE = do("uno-scelta", prossima="visita")
STOP = do("uno-scelta", prossima="concludi")

ROWS: list[Row] = [
    executed("task", path(tag("task") + human("due"), BETWEEN), [do("due")], attraversa=["uno"]),
    executed("user task", one(human("uno")), [do("uno", x=1)], dati={"x": 1}),
    executed(
        "manual task",
        one(tag("manualTask", extensions(group="assistente_sociale"))),
        [do("uno")],
        attraversa=["uno"],
    ),
    executed(
        "service task",
        one(service("uno", "prova.leggi")),
        [{"operazione": "uno", "risponde": {"quota": 12}}],
        dati={"quota": 12},
    ),
    executed(
        "send task",
        one(tag("sendTask", extensions(operation="prova.leggi"))),
        [{"operazione": "uno", "risponde": {"quota": 12}}],
        dati={"quota": 12},
    ),
    executed(
        "receive task",
        one(tag("receiveTask", attributes="messageRef='m_notizia'"), message("notizia", "=chi")),
        [{**NEWS, "porta": {"x": 1}}],
        dati={"x": 1},
    ),
    refused(
        "receive task that opens the path (instantiate)",
        path(
            human("due")
            + tag("receiveTask", attributes="messageRef='m_notizia' instantiate='true'")
            + end("f2"),
            "inizio due; due fine; uno f2",
            message("notizia", "=chi"),
        ),
    ),
    executed(
        "script task",
        path(tag("scriptTask", extensions(script="=chi + chi", result="doppio")) + human("due"), BETWEEN),
        [do("due")],
        dati={"doppio": "1212"},
    ),
    executed(
        "business rule task",
        path(tag("businessRuleTask", extensions(decision="fascia", result="f")) + human("due"), BETWEEN),
        [{"decisione": "uno", "vale": "alta"}, do("due")],
        files={"regole_dot_dmn": RULES},
        dati={"f": "alta"},
    ),
    executed(
        "call activity",
        one(tag("callActivity", extensions(call="altro", output="esito: =esito"))),
        [{"chiama": "uno", "ritorna": {"esito": "fatto"}}],
        dati={"esito": "fatto"},
    ),
    executed(
        "subprocess",
        one(inside("uno", INNER, INNER_FLOWS)),
        [do("dentro_uno", x=1)],
        dati={"x": 1},
        attraversa=["f2"],
    ),
    refused("transaction", one(inside("uno", INNER, INNER_FLOWS, kind="transaction"))),
    *(
        executed(
            f"ad hoc subprocess, {ordering.lower()}",
            one(
                tag(
                    "adHocSubProcess",
                    extensions(group="assistente_sociale") + human("telefona") + human("visita"),
                    attributes=f"ordering='{ordering}'",
                )
            ),
            moves,
            mai=["telefona"],
        )
        for ordering, moves in {
            "Sequential": [CHOOSE, do("visita"), CHOOSE, do("visita"), STOP],
            "Parallel": [CHOOSE, CHOOSE, do("visita"), STOP, do("visita")],
        }.items()
    ),
    executed(
        "ad hoc subprocess, completion condition",
        one(
            tag(
                "adHocSubProcess",
                extensions(group="assistente_sociale")
                + human("telefona")
                + human("visita")
                + "<bpmn:completionCondition>=visto</bpmn:completionCondition>",
                attributes="ordering='Sequential'",
            )
        ),
        [CHOOSE, do("visita", visto=False), CHOOSE, do("visita", visto=True)],
    ),
    refused(
        "standard loop",
        one(
            f"<bpmn:userTask id='uno'>{extensions(group='x')}<bpmn:standardLoopCharacteristics/></bpmn:userTask>"
        ),
    ),
    *(
        executed(
            f"multi-instance, {kind}",
            one(human("uno", loop=rounds(kind))),
            CHOSEN,
            dati={"detti": [11, 22, 33]},
        )
        for kind in ("parallel", "sequential")
    ),
    *(
        executed(
            f"multi-instance, {kind}, with a completion condition",
            one(human("uno", loop=rounds(kind, UNTIL))),
            CHOSEN[:2],
            dati={"detti": [11, 22, None]},
        )
        for kind in ("parallel", "sequential")
    ),
    executed(
        "multi-instance subprocess",
        one(inside("uno", rounds("parallel") + INNER, INNER_FLOWS)),
        [do("dentro_uno", scelta=10), do("dentro_uno", scelta=20), do("dentro_uno", scelta=30)],
        dati={"detti": [11, 22, 33]},
    ),
    executed(
        "compensation marker",
        path(
            human("uno")
            + undone("uno", "rimedia")
            + compensating(human("rimedia"))
            + event("disfa", "intermediateThrow", COMPENSATION),
            "inizio uno; uno disfa; disfa fine",
        ),
        [do("uno"), do("rimedia")],
    ),
]

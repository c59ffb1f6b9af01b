"""A program of the ente that uses the API over the network, and never loses a key."""

from __future__ import annotations

import uuid
from typing import Any

import requests

from engine.json import dumps, loads

PATIENCE = 60  # seconds


class Unanswered(Exception):
    """Nobody knows what became of a command: ask again under the same key."""


class Answer:
    """A status, and the body with exact numbers."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.json: Any = (
            loads(response.content) if "json" in response.headers.get("Content-Type", "") else None
        )


class Program:
    """Commands under a key of their own, or the same key again."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.token = token

    def get(self, path: str) -> Answer:
        return self._send("GET", path)

    def post(self, path: str, body: Any, key: str | None = None, **headers: str) -> Answer:
        return self._send("POST", path, dumps(body), {"Idempotency-Key": key or str(uuid.uuid4()), **headers})

    def opens(self, percorso: str, key: str | None = None, **dati: Any) -> Answer:
        return self.post("/pratiche", {"percorso": percorso, "dati": dati}, key)

    def completes(self, task_id: str, key: str | None = None) -> Answer:
        return self.post(f"/attivita/{task_id}/completa", {"risposte": {}}, key)

    def delivers(self, nome: str, chiave: str, id_messaggio: str, key: str | None = None) -> Answer:
        body = {"nome": nome, "chiave": chiave, "contenuto": {}, "id_messaggio": id_messaggio}
        return self.post("/messaggi", body, key)

    def _send(
        self, method: str, path: str, data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        about = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            **(headers or {}),
        }
        try:
            return Answer(
                requests.request(
                    method, f"{self.address}/api/v1{path}", data=data, headers=about, timeout=PATIENCE
                )
            )
        except requests.RequestException as error:
            raise Unanswered(path) from error


class Case:
    """An opened pratica, told by its steps."""

    def __init__(self, program: Program, percorso: str, **dati: Any) -> None:
        answer = program.opens(percorso, **dati)
        assert answer.status == 201, answer.text
        self.program = program
        self.id: str = answer.json["id"]
        self.tasks: dict[str, str] = {each["passo"]: each["id"] for each in answer.json["attivita"]}

    def todo(self) -> list[str]:
        """The steps that are open now."""
        answer = self.program.get(f"/pratiche/{self.id}")
        assert answer.status == 200, answer.text
        found = answer.json
        self.tasks.update((each["passo"], each["id"]) for each in found["attivita"])
        return sorted(each["passo"] for each in found["attivita"])

    def completes(self, passo: str, key: str | None = None) -> Answer:
        return self.program.completes(self.tasks[passo], key)

"""What the database holds, read as its owner; and what must hold of it whatever happened."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, NullPool, Row, create_engine, text

# Each finds what must not be there. An open instance needs somebody or something that will move it.
BROKEN: dict[str, str] = {
    "istanze senza lavoro, attesa o problema": """
        select i.id from engine_instance i where i.status = 'open'
        and not exists (select from engine_task t where t.ente_id = i.ente_id and t.instance_id = i.id and t.status = 'open')
        and not exists (select from engine_timer t where t.ente_id = i.ente_id and t.instance_id = i.id)
        and not exists (select from engine_subscription s where s.ente_id = i.ente_id and s.instance_id = i.id)
        and not exists (select from engine_incident n where n.ente_id = i.ente_id and n.instance_id = i.id
                        and n.resolved_at is null)
        and not exists (select from engine_job j where j.ente_id = i.ente_id and j.instance_id = i.id
                        and j.status in ('waiting', 'running'))
        and not exists (select from engine_instance c where c.ente_id = i.ente_id and c.parent_id = i.id
                        and c.status = 'open')
    """,
    "chiamate che nessuno farà": """
        select j.id from engine_job j where j.status in ('waiting', 'running') and not exists (
            select from procrastinate_jobs q where q.status in ('todo', 'doing')
            and (q.args->>'job_id')::bigint = j.id and (q.args->>'ente_id')::int = j.ente_id)
    """,
    "passi fatti due volte": """
        select token from engine_history where event = 'done' and kind = 'userTask'
        group by token having count(*) > 1
    """,
    "attività chiuse senza storia": """
        select t.id from engine_task t where t.status = 'done' and not exists (
            select from engine_history h where h.ente_id = t.ente_id and h.instance_id = t.instance_id
            and h.token = t.token::text and h.event = 'done')
    """,
    "attività fatte senza traccia, o con due": """
        select t.id from engine_task t left join audit a on a.ente_id = t.ente_id
            and a.azione = 'task.complete' and a.oggetto_tipo = 'task' and a.oggetto_id = t.id::text
        where t.status = 'done' group by t.id having count(a.*) <> 1
    """,
    "termini scattati due volte": """
        select token from engine_history where event = 'timer' group by token having count(*) > 1
    """,
    "lavori di istanze chiuse": """
        select t.id from engine_task t join engine_instance i on i.ente_id = t.ente_id and i.id = t.instance_id
        where t.status = 'open' and i.status <> 'open'
    """,
    "messaggi contati due volte": """
        select message_id from engine_message group by ente_id, source, message_id having count(*) > 1
    """,
}


class Records:
    """The database of an installation, whatever became of its processes."""

    def __init__(self, owner_url: str) -> None:
        self._engine: Engine = create_engine(owner_url, poolclass=NullPool)

    def rows(self, query: str, **values: Any) -> list[Row[Any]]:
        with self._engine.connect() as connection:
            return list(connection.execute(text(query), values))

    def one(self, query: str, **values: Any) -> Any:
        """The single value of a query."""
        ((found,),) = self.rows(query, **values)
        return found

    def does(self, statement: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(statement), values)

    def instance_of(self, pratica_id: str) -> int:
        return int(self.one("select instance_id from pratica where id = :id", id=int(pratica_id)))

    def version_of(self, pratica_id: str) -> int:
        return int(
            self.one("select version from engine_instance where id = :id", id=self.instance_of(pratica_id))
        )

    def open_incidents(self, instance_id: int) -> list[str]:
        """What people are told about an instance that stands still."""
        query = "select message from engine_incident where instance_id = :id and resolved_at is null"
        return [row.message for row in self.rows(query, id=instance_id)]

    def broken(self) -> dict[str, list[Any]]:
        """What does not hold, by name; empty when all does."""
        found = {name: [row[0] for row in self.rows(query)] for name, query in BROKEN.items()}
        return {name: rows for name, rows in found.items() if rows}

    def forget_workers(self) -> None:
        """Two minutes go by since the last sign of life of workers that were killed."""
        self.does("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '2 minutes'")

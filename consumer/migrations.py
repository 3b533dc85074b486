"""The subscriber's schema, under the subscriber's lock: brought forward from numbered SQL files, a file a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

import structlog
from psycopg import sql

from consumer.database import Connection
from consumer.errors import NotASubscriber
from consumer.tables import Table

_SQL = files("consumer").joinpath("sql")

_SCHEMA_THERE = "select to_regnamespace(quote_ident(%s)) is not null"
_SCHEMA_RELATIONS = """
    select relname from pg_class
     where relnamespace = to_regnamespace(quote_ident(%s))::oid and relkind in ('r', 'p', 'v')
     order by relname
"""
_OURS = """
    select true from pg_attribute
     where attrelid = to_regclass(format('%%I.subscriber', %s::text)) and attname = 'partition_ledgers'
"""
_CREATE_MIGRATIONS = """
    create table if not exists migrations (number integer primary key, name text not null)
"""
_APPLIED = "select number from migrations order by number"
_RECORD = "insert into migrations (number, name) values (%s, %s)"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file; the files are applied in order, each once."""

    number: int
    name: str
    statements: str


def migrations() -> list[Migration]:
    """All migrations, ascending."""
    found = [
        Migration(int(file.name.split("_")[0]), file.name, file.read_text(encoding="utf-8"))
        for file in _SQL.joinpath("migrations").iterdir()
        if file.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: migration.number)


def migrate(connection: Connection, schema: str) -> None:
    """Bring the schema to this version. The caller holds the subscriber's lock on the same connection.

    Raises:
        NotASubscriber: the schema holds something else, or was made by a newer version.
    """
    with connection.transaction():
        _refuse_foreign(connection, schema)
        if not _schema_there(connection, schema):  # IF NOT EXISTS would need CREATE on the database all the same
            connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
        connection.execute(_CREATE_MIGRATIONS)
        applied = {int(str(number)) for (number,) in connection.execute(_APPLIED)}
        known = migrations()
        if newer := applied - {migration.number for migration in known}:
            raise NotASubscriber(
                f"schema {schema} is at migration {max(newer)}, this version knows {known[-1].number}: "
                "install the version of ledgerstream that made it, or a newer one"
            )
        for migration in known:
            if migration.number not in applied:
                _apply(connection, migration, schema)


def check_current(connection: Connection, schema: str) -> None:
    """See that the schema is at this version, for those that may not bring it forward.

    Raises:
        NotASubscriber: it is at another one.
    """
    applied = {int(str(number)) for (number,) in connection.execute(_APPLIED)}
    if applied != {migration.number for migration in migrations()}:
        raise NotASubscriber(
            f"schema {schema} is at migration {max(applied, default=0)}, this version of ledgerstream at "
            f"{migrations()[-1].number}: let one version run everywhere (its ledgerstream consume --subscriber "
            f"{schema} brings the schema forward)"
        )


def create_tables(connection: Connection, tables: Iterable[Table]) -> None:
    """Make the tables that a subscriber chose at its first start; `ledgers` is every subscriber's, and there."""
    for table in tables:
        if table.partitioned_by is not None:
            connection.execute(definition(table).encode())


def definition(table: Table) -> str:
    """The SQL that makes a partitioned table."""
    return _SQL.joinpath("tables", f"{table.name}.sql").read_text(encoding="utf-8")


def is_ours(connection: Connection, schema: str) -> bool:
    """Whether the schema is a subscriber's: tables of these names, and a column that only ours has."""
    return connection.execute(_OURS, (schema,)).fetchone() is not None


def _schema_there(connection: Connection, schema: str) -> bool:
    return connection.execute(_SCHEMA_THERE, (schema,)).fetchone() == (True,)


def _refuse_foreign(connection: Connection, schema: str) -> None:
    relations = [str(name) for (name,) in connection.execute(_SCHEMA_RELATIONS, (schema,))]
    if relations and not is_ours(connection, schema):
        raise NotASubscriber(
            f"schema {schema} exists and is not a subscriber's (it holds {', '.join(relations[:3])} …): "
            "choose another --subscriber"
        )


def _apply(connection: Connection, migration: Migration, schema: str) -> None:
    connection.execute(migration.statements.encode())
    connection.execute(_RECORD, (migration.number, migration.name))
    log.info("migrated", subscriber=schema, migration=migration.name)

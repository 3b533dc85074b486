"""The data model stands in three places that agree: the code that writes it, the SQL that makes it, its README."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from consumer.migrations import definition, migrations
from consumer.tables import CHOICE, LEDGERS, TABLES, Table
from ledgerstream.errors import ConfigurationError
from ledgerstream.options import Tables, tables_of
from tests.support.processes import CommandLine

README = (Path(__file__).parent.parent.parent / "consumer/sql/README.md").read_text(encoding="utf-8")

SHORT_NAMES = {
    "bigint": "int8",
    "integer": "int4",
    "boolean": "bool",
    **{name: name for name in ("bytea", "text", "text[]", "jsonb", "numeric", "timestamptz")},
}


@dataclass(frozen=True, slots=True)
class Definition:
    """What a table's SQL says: columns with their types, those that may be null, those of collation C, keys."""

    columns: dict[str, str]
    nullable: set[str]
    collated: set[str]
    key: tuple[str, ...]
    partitioned_by: str | None
    indexed: set[str]
    commented: set[str]


def sql_of(table: Table) -> str:
    return migrations()[0].statements if table is LEDGERS else definition(table)


def definition_of(table: Table) -> Definition:
    text = sql_of(table)
    found = re.search(rf"create table {table.name} \(\n(.*?)\n\)(?: partition by range \((\w+)\))?;", text, re.DOTALL)
    assert found is not None, table.name
    rows = re.findall(
        r'^    (\w+) ([a-z]+(?:\[\])?)( collate "C")?( not null| primary key)?,?$', found[1], re.MULTILINE
    )
    key = re.search(r"^    primary key \((.*)\)$", found[1], re.MULTILINE)
    indexes = re.findall(rf"^create index on {table.name} \((.*?)\)", text, re.MULTILINE)
    return Definition(
        {name: SHORT_NAMES[type_] for name, type_, _, _ in rows},
        {name for name, _, _, rest in rows if not rest},
        {name for name, _, collation, _ in rows if collation},
        tuple(key[1].split(", ")) if key else tuple(name for name, _, _, rest in rows if rest == " primary key"),
        found[2],
        {column for index in indexes for column in index.split(", ")},
        set(re.findall(rf"^comment on column {table.name}\.(\w+) is", text, re.MULTILINE)),
    )


def named(table: Table) -> str:
    return table.name


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_sql_and_code_agree(table: Table) -> None:
    """Columns, their order and types, the key and the partitioning are the same in SQL and in the code."""
    found = definition_of(table)
    assert list(found.columns.items()) == list(table.columns.items())
    assert found.key == table.key
    assert found.partitioned_by == table.partitioned_by


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_everything_has_a_comment(table: Table) -> None:
    """A table and each of its columns say in the database what they are."""
    assert definition_of(table).commented == set(table.columns)
    assert f"comment on table {table.name} is" in sql_of(table)


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_keys_are_compared_by_bytes(table: Table) -> None:
    """Text in a key or an index is of collation C: fast, and in the same order on every server."""
    found = definition_of(table)
    text = {name for name in {*found.key, *found.indexed} if found.columns[name] == "text"}
    assert found.collated == text


def test_there_is_a_definition_for_each_table() -> None:
    """No SQL file is left over, none is missing."""
    folder = Path(__file__).parent.parent.parent / "consumer/sql/tables"
    assert {path.name for path in folder.iterdir()} == {f"{table.name}.sql" for table in CHOICE}


@pytest.mark.parametrize("table", TABLES, ids=named)
def test_the_readme_has_each_table(table: Table) -> None:
    """The README's diagram has every column with its type and its part in the key, and every table a section."""
    found = definition_of(table)
    drawn = re.search(rf"^    {table.name} \{{\n(.*?)\n    \}}$", README, re.MULTILINE | re.DOTALL)
    assert drawn is not None
    assert [tuple(line.split()) for line in drawn[1].split("\n")] == [
        (type_, name, *(["PK"] if name in found.key else [])) for name, type_ in table.columns.items()
    ]
    section = re.search(rf"^### `{table.name}`\n\n(.*?)(?=^##|\Z)", README, re.MULTILINE | re.DOTALL)
    assert section is not None
    assert f"Key: `({', '.join(table.key)})`" in section[1]
    assert ("Not by default." in section[1]) is not table.by_default
    for index in re.findall(rf"^create index on {table.name} (.*);", sql_of(table), re.MULTILINE):
        assert f"`{index}`" in " ".join(section[1].split())


def test_the_default_is_documented() -> None:
    """The option names those tables that are filled unless others are chosen."""
    [option] = (each for each in Tables.__metadata__ if hasattr(each, "help"))  # type: ignore[attr-defined]
    default = ", ".join(table.name for table in CHOICE if table.by_default)
    assert option.help.endswith(f"Default: {default}.")


def test_tables_are_chosen_by_name() -> None:
    """Names stand between commas; `all` is every one, and nothing at all leaves it to the subscriber."""
    assert tables_of(None) is None
    assert set(tables_of("operations, contract_events") or ()) == {"operations", "contract_events"}
    assert set(tables_of("ledgers") or ()) == {"ledgers"}
    assert set(tables_of("all") or ()) == {table.name for table in TABLES}


@pytest.mark.parametrize("given", ["effects", "operations,effects", "operations,", "", "all,operations"])
def test_a_table_that_there_is_not(given: str) -> None:
    """What is no table's name is refused, with those that are."""
    with pytest.raises(ConfigurationError, match=r"ledgers, transactions, .* or all"):
        tables_of(given)


def test_a_table_that_there_is_not_on_the_command_line(tmp_path: Path) -> None:
    """It is a usage error, before anything is connected to."""
    servers = {"LEDGERSTREAM_KAFKA": "nowhere:1", "LEDGERSTREAM_DATABASE_URL": "postgresql://nowhere:1/none"}
    ended = CommandLine(servers, folder=tmp_path).run("consume", "--tables", "operations,effects")
    assert ended.code == 2
    assert "'effects'" in ended.reason

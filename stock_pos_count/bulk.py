"""Many values as the input of one statement."""

from psycopg2.extras import Json

from odoo.tools import SQL


def get_rows_sql(alias, types, rows):
    """Return ``rows`` as SQL for a ``FROM``: a table ``alias`` with one array for each column.

    :param dict types: ``{column: PostgreSQL type}``, in the order of a row's values
    :param rows: sequence of rows
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    return SQL(
        "unnest(%s) AS %s (%s)",
        SQL(", ").join(
            get_array_sql(type_name, column) for type_name, column in zip(types.values(), columns, strict=True)
        ),
        SQL.identifier(alias),
        SQL(", ").join(map(SQL.identifier, types)),
    )


def get_ids_sql(ids):
    """Return ids as the SQL of an array."""
    return SQL("%s::integer[]", "{" + ",".join(map(str, ids)) + "}")


def get_array_sql(type_name, values):
    """Return ``values`` as the SQL of an array of a PostgreSQL type.

    Written as one text: given a list, the driver writes each value as a constant of its own, and the database parses
    each as an expression, which with thousands of them takes longer than the statement itself.
    """
    return SQL(f"%s::{type_name}[]", "{" + ",".join(map(_Elements().__getitem__, values)) + "}")


class _Elements(dict):
    """How one column's values are written in an array's text: most columns repeat a few values, which are written
    once."""

    def __missing__(self, value):
        if value is None:
            text = "NULL"
        elif isinstance(value, int):
            text = str(value)
        else:
            text = str(value.dumps(value.adapted) if isinstance(value, Json) else value)
            text = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        self[value] = text
        return text


def get_column_types(model, columns):
    """Return ``{column: PostgreSQL type}`` of these columns of a model, for :func:`get_rows_sql`."""
    return {column: model._fields[column].column_type[1] for column in columns}

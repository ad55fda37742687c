"""Many rows as the input of one statement."""

from odoo.tools import SQL


def get_rows_sql(alias, types, rows):
    """Return ``rows`` as SQL for a ``FROM``: a table ``alias`` with one array for each column.

    An array is one parameter, so that a thousand rows cost little more to write down and to parse than one.

    :param dict types: ``{column: PostgreSQL type}``, in the order of a row's values
    :param rows: sequence of rows
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    return SQL(
        "unnest(%s) AS %s (%s)",
        SQL(", ").join(
            SQL(f"%s::{type_name}[]", list(column)) for type_name, column in zip(types.values(), columns, strict=True)
        ),
        SQL.identifier(alias),
        SQL(", ").join(map(SQL.identifier, types)),
    )


def get_column_types(model, columns):
    """Return ``{column: PostgreSQL type}`` of these columns of a model, for :func:`get_rows_sql`."""
    return {column: model._fields[column].column_type[1] for column in columns}

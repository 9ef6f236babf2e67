"""N and factors of a round as they are landed: a matrix of each, from the rows of its own files."""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc


@dataclass(frozen=True)
class LandedColumns:
    """The columns of one table in one round, in the order of their names.

    names : list of str
    values : float array (stocks, columns), NaN where a stock lacks a value
    has_row : bool array (stocks, columns): whether a file with the column has a row of the stock
    """

    names: list
    values: np.ndarray
    has_row: np.ndarray

    @classmethod
    def read(cls, reader, scans, number, table_name, ids):
        """What is landed of a round's stocks; a column of which these have no row is left out.

        Parameters
        ----------
        reader : kardashev.rounds.blocks.Blocks
        scans : relation (round_number, table_name, names, scan), the last a SELECT of rows (stock_id,
            column_values), values in the order of the names
        number : int, the round
        table_name : ``neutralizers`` or ``factors``
        ids : pyarrow string array (stocks,)

        Returns
        -------
        LandedColumns
        """
        block = {"round_number": number, "table_name": table_name}
        parts = []
        for part in reader.rows(scans, block, "names, scan").to_pylist():
            rows = reader.cursor.execute(part["scan"]).to_arrow_table()
            places = pc.index_in(rows["stock_id"], ids).fill_null(-1).to_numpy()
            if (places >= 0).any():
                parts.append((part["names"], places, _matrix(rows, len(part["names"]))))
        return cls.of(parts, len(ids))

    @classmethod
    def of(cls, parts, count):
        """Parts (names, places of rows, −1 for one that is left out, values) on so many stocks."""
        names = sorted({name for of_part, _, _ in parts for name in of_part})
        positions = {name: place for place, name in enumerate(names)}
        values = np.full((len(names), count), np.nan).T  # read by columns
        has_row = np.zeros((len(names), count), bool).T
        for of_part, places, landed in parts:
            here = places >= 0
            cells = np.ix_(places[here], [positions[name] for name in of_part])
            values[cells], has_row[cells] = landed[here], True
        return cls(names, values, has_row)

    def only(self, names):
        """These of the columns."""
        kept = np.isin(self.names, names)
        return LandedColumns(
            [name for name, is_kept in zip(self.names, kept, strict=True) if is_kept],
            self.values[:, kept],
            self.has_row[:, kept],
        )


def _matrix(rows, count):
    values = rows["column_values"].combine_chunks().flatten()
    return values.to_numpy(zero_copy_only=False).reshape(-1, count)

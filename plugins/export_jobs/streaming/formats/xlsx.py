"""Write staged rows as an Excel workbook of one sheet by XlsxWriter: types, widths, a header that stays in view.

Nothing is ever a formula. The sheet is built row by row in the folder for temporary files, and needs space there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.files.names import SHEET_ROWS
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.base.sink import DISK_FULL, ByteSink
from export_jobs.streaming.formats.staged_table import StagedTable
from export_jobs.streaming.formats.xlsx_cell import ExcelValue, excel_value, number_format

SHEET_COLUMNS = 16_384
MAX_CELL_CHARACTERS = 32_767
SHEET = "Export"
COPIED_BYTES = 1 << 20
_CREATED = datetime(2000, 1, 1)
"""A fixed date, so that a rerun has the same bytes."""
_WIDTHS: dict[ColumnType, int] = {
    "text": 24,
    "integer": 12,
    "number": 14,
    "boolean": 9,
    "date": 12,
    "timestamp": 20,
    "timestamptz": 20,
}
_WIDEST = 60

_CellWriter = Callable[[int, str], Any]


def write_xlsx(table: StagedTable, sink: ByteSink) -> int:
    """Write the rows of ``table`` to ``sink``; return their number.

    Raises ``TerminalError`` for more rows, columns or characters in a cell than Excel allows, and without space.
    """
    if len(table.columns) > SHEET_COLUMNS:
        raise table.error(f"an Excel sheet has at most {SHEET_COLUMNS} columns", "Leave some out, or choose CSV")
    with TemporaryDirectory(prefix="export-jobs-xlsx-") as folder:
        path = Path(folder) / "book.xlsx"
        try:
            rows = _write_book(table, path)
        except (OSError, FileCreateError) as error:
            # XlsxWriter wraps the system's error into its own.
            if getattr(error.args[0] if error.args else error, "errno", getattr(error, "errno", None)) not in DISK_FULL:
                raise
            raise table.error(
                "there is no space left to build the Excel file",
                "Free space in the worker's folder for temporary files",
            ) from None
        with path.open("rb") as book:
            while chunk := book.read(COPIED_BYTES):
                sink.write(chunk)
    return rows


def _write_book(table: StagedTable, path: Path) -> int:
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True})
    book.set_properties({"created": _CREATED})
    sheet = book.add_worksheet(SHEET)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    writers: list[_CellWriter] = []
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, min(max(_WIDTHS[column.type], len(column.name) + 2), _WIDEST))
        sheet.write_string(0, number, column.name, bold)
        writers.append(_cell_writer(table, column, number, book, sheet))
    row = 0
    for batch in table.batches():
        for cells in zip(*batch, strict=True):
            row += 1
            if row > SHEET_ROWS:
                raise table.error(
                    f"an Excel sheet has at most {SHEET_ROWS} rows below its header, and there are more",
                    "Create a new job that splits its files (`split: {rows: 1000000}`), or export shorter windows",
                )
            for write, text in zip(writers, cells, strict=True):
                if text is not None:
                    write(row, text)
    book.close()
    return row


def _cell_writer(table: StagedTable, column: Column, number: int, book: Any, sheet: Any) -> _CellWriter:
    """Return the writer for cells of ``column``; each kind of value has its own method, so no text is interpreted."""
    look = book.add_format({"num_format": number_format(column)})

    def write(row: int, text: str) -> None:
        value: ExcelValue = excel_value(column.type, text)
        if isinstance(value, str):
            if _is_too_long(value):
                raise table.cell_error(
                    column,
                    f"has a text of more than {MAX_CELL_CHARACTERS} characters, the limit of an Excel cell",
                    "Leave out the column, shorten it in the catalogue's SQL, or choose CSV or Parquet",
                )
            sheet.write_string(row, number, value)
        elif isinstance(value, bool):
            sheet.write_boolean(row, number, value)
        elif isinstance(value, int | float):
            sheet.write_number(row, number, value, look)
        else:
            sheet.write_datetime(row, number, value, look)

    return write


def _is_too_long(text: str) -> bool:
    """Excel counts in UTF-16, where a character outside the first plane is two."""
    return 2 * len(text) > MAX_CELL_CHARACTERS and len(text.encode("utf-16-le")) > 2 * MAX_CELL_CHARACTERS

"""Makes a workbook: workbook.py FILE, whose sheet `Plan` has the rows of a JSON array on standard input.

A row is an array of cells: null for none, a text, a number, or {"inline": text}. Months are the serial numbers of days.
"""
import json
import sys
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

shared, rows = [], []
for number, row in enumerate(json.load(sys.stdin), 1):
    cells = []
    for column, cell in enumerate(row):
        place = f"{chr(65 + column)}{number}"
        if isinstance(cell, str):
            shared.append(cell)
            cells.append(f'<c r="{place}" t="s"><v>{len(shared) - 1}</v></c>')
        elif isinstance(cell, dict):
            cells.append(f'<c r="{place}" t="inlineStr"><is><t>{escape(cell["inline"])}</t></is></c>')
        elif cell is not None:
            cells.append(f'<c r="{place}"><v>{cell}</v></c>')
    rows.append(f'<row r="{number}">{"".join(cells)}</row>')

with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("[Content_Types].xml", "<Types/>")
    archive.writestr("xl/workbook.xml", (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="Other" sheetId="1" r:id="rId1"/>'
        '<sheet name="Plan" sheetId="2" r:id="rId2"/></sheets></workbook>'))
    archive.writestr("xl/_rels/workbook.xml.rels", (
        '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>'))
    archive.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>')
    archive.writestr(
        "xl/worksheets/sheet2.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>')
    texts = "".join(f"<si><r><t>{escape(text[:2])}</t></r><r><t>{escape(text[2:])}</t></r></si>" for text in shared)
    archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{texts}</sst>', zipfile.ZIP_STORED)

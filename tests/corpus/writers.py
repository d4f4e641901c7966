"""The least of each format that programs read: the same bytes for the same content."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[Any]]
_FIXED = (2024, 1, 1, 0, 0, 0)
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def archive(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive; a name that ends with a slash is a folder."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, content in parts.items():
            about = zipfile.ZipInfo(name, _FIXED)
            stored = name == "mimetype" or name.endswith("/")
            about.compress_type = zipfile.ZIP_STORED if stored else method
            target.writestr(about, content)
    return stream.getvalue()


def docx(blocks: Sequence[str | Rows]) -> bytes:
    """A Word document: `# ` begins a heading, rows are a table."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    body = "".join(_block(block) for block in blocks)
    return archive(
        {
            "[Content_Types].xml": f'{XML}<Types xmlns="{packages}/content-types"><Default '
            'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
            f'+xml"/><Override PartName="/word/document.xml" ContentType="{types}.document.main'
            f'+xml"/><Override PartName="/word/styles.xml" ContentType="{types}.styles+xml"/>'
            "</Types>",
            "_rels/.rels": f'{XML}<Relationships xmlns="{packages}/relationships"><Relationship '
            f'Id="rId1" Type="{rel}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'{XML}<Relationships xmlns="{packages}/relationships">'
            f'<Relationship Id="rId1" Type="{rel}/styles" Target="styles.xml"/></Relationships>',
            "word/styles.xml": f'{XML}<w:styles xmlns:w="{word}"><w:style w:type="paragraph" '
            'w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>',
            "word/document.xml": f'{XML}<w:document xmlns:w="{word}"><w:body>{body}</w:body>'
            "</w:document>",
        }
    )


def _block(block: str | Rows) -> str:
    if isinstance(block, str):
        style = '<w:pPr><w:pStyle w:val="berschrift1"/></w:pPr>' if block.startswith("# ") else ""
        return f"<w:p>{style}<w:r><w:t>{escape(block.removeprefix('# '))}</w:t></w:r></w:p>"
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc>{_block(str(cell))}</w:tc>" for cell in row) + "</w:tr>"
        for row in block
    )
    width = max(map(len, block))
    return f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * width}</w:tblGrid>{rows}</w:tbl>"


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF document with these lines on its pages; a page without lines has a drawing."""
    return pdf_of([_page_stream(lines) for lines in pages])


def pdf_of(streams: Sequence[bytes]) -> bytes:
    """A PDF document whose pages show these streams; /F1 is Helvetica."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    kids = []
    for stream in streams:
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {len(objects) + 2} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\n"
        % (
            size,
            table,
            size,
        )
        + b"startxref\n%d\n%%%%EOF\n" % len(out)
    )


def _page_stream(lines: Sequence[str]) -> bytes:
    if not lines:
        return b"0.5 g 100 100 300 400 re f"
    shown = []
    for line in lines:
        text = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        shown.append(b"(" + text.encode("cp1252") + b") Tj T*")
    return b"BT /F1 11 Tf 14 TL 72 760 Td " + b" ".join(shown) + b" ET"

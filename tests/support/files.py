"""Files as scanners and offices make them, and as people with bad intentions do."""

import io
import zlib
from functools import cache

from PIL import Image


def a_picture(kind: str = "PNG", size: tuple[int, int] = (60, 80), mark: int = 0) -> bytes:
    """A small scan; another `mark` is another content."""
    target, picture = io.BytesIO(), Image.new("L", size, 250)
    picture.putpixel((mark % size[0], mark // size[0]), 7)
    picture.save(target, kind)
    return target.getvalue()


def a_pdf(text: str = "Tờ khai", objects: tuple[bytes, ...] = ()) -> bytes:
    """A PDF of one page with the text in it, and further objects after the usual three."""
    body = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text.encode()), text.encode()),
        *objects,
    ]
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(body, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(body) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(body) + 1, len(out))
    return out + table + end


def packed(objects: bytes, more: bytes = b"") -> bytes:
    """Objects hidden in an object stream."""
    inner = zlib.compress(b"10 0 " + objects)
    head = b"<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode %s /Length %d >>" % (more, len(inner))
    return head + b"\nstream\n" + inner + b"\nendstream"


@cache
def a_real_pdf() -> bytes:
    """A PDF with packed objects, pictures and fonts, as an office program writes it."""
    import typst

    page = b'#set page(paper: "a4")\n= T\xe1\xbb\x9d khai\n#table(columns: 3, ..range(300).map(n => [#n]))'
    return bytes(typst.compile(page, format="pdf"))  # type: ignore[arg-type]


@cache
def a_scanned_pdf() -> bytes:
    """Pages of a scanner, as Pillow binds them."""
    target = io.BytesIO()
    Image.effect_noise((1240, 1754), 90).save(target, "PDF", resolution=150)
    return target.getvalue()


JAVASCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
HOSTILE = {
    "script": a_pdf(objects=(JAVASCRIPT,)),
    "script-escaped": a_pdf(objects=(JAVASCRIPT.replace(b"/JavaScript", b"/J#61vaScrip#74"),)),
    "script-packed": a_pdf(objects=(packed(JAVASCRIPT),)),
    "script-packed-escaped": a_pdf(objects=(packed(JAVASCRIPT.replace(b"JavaS", b"#4aavaS")),)),
    "script-behind-other-filter": a_pdf(objects=(packed(JAVASCRIPT).replace(b"/FlateDecode", b"/LZWDecode"),)),
    "packed-name-escaped": a_pdf(objects=(packed(JAVASCRIPT).replace(b"/ObjStm", b"/Obj#53tm"),)),
    "launch": a_pdf(objects=(b"<< /S /Launch /F (cmd.exe) >>",)),
    "embedded": a_pdf(objects=(b"<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream",)),
    "embedded-names": a_pdf(objects=(b"<< /Names << /EmbeddedFiles 9 0 R >> >>",)),
    "form-sent-off": a_pdf(objects=(b"<< /S /SubmitForm /F (http://x) >>",)),
    "xfa": a_pdf(objects=(b"<< /AcroForm << /XFA 9 0 R >> >>",)),
    "encrypted": a_pdf(objects=(b"<< /Encrypt 9 0 R >>",)),
    "bomb-packed": a_pdf(objects=(packed(b"\0" * 100_000_000),)),
    "cut": a_pdf()[:-30],
    "half": a_pdf()[: len(a_pdf()) // 2],
    "junk-before": b"GIF89a" + a_pdf(),
    "zip-behind": a_pdf() + b"PK\x05\x06" + bytes(18),
    "no-page": b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\nstartxref\n9\n%%EOF\n",
    "table-nowhere": a_pdf().replace(b"startxref\n", b"startxref\n99999"),
    "escapes-without-end": a_pdf("#41" * 300_000),
    "packed-without-end": a_pdf("/ObjStm " * 30_000),
    "exe": b"MZ" + bytes(500),
    "html": b"<html><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "gif": b"GIF89a" + bytes(40),
    "png-head": b"\x89PNG\r\n\x1a\n",
    "png-cut": a_picture()[:-20],
    "png-and-zip": a_picture() + b"PK\x05\x06" + bytes(18),
    "jpeg-cut": a_picture("JPEG", (900, 900))[:2000],
    "tiff-cut": a_picture("TIFF")[:60],
    "pdf-in-jpeg": a_picture("JPEG")[:20] + a_pdf(),
}


def a_wide_png(side: int = 100_000) -> bytes:
    """A few hundred bytes that say that they are ten thousand million points."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + bytes((1, 0, 0, 0, 0))
    data = zlib.compress(bytes(5000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")

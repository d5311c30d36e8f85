"""What teachers are handed is what it says, only shows, and says nothing of whoever made it."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image

from booking.materials.checking import LARGEST, MaterialFault, MaterialRefused, checked, readable_name
from booking.materials.models import MaterialKind
from tests.materials.sheets import POWERPOINT, a_pdf, a_photo_with_place, an_office_file

FETCHES = '<Relationships><Relationship Id="a" Type="http://x/attachedTemplate" Target="https://evil.example" TargetMode="External"/></Relationships>'  # noqa: E501
LINKS = FETCHES.replace("attachedTemplate", "hyperlink")
OWN_TEMPLATE = FETCHES.replace("https://evil.example", "file:///C:\\Users\\kari\\Normal.dotm")

DRAWN_AS_ROWS = b"\x005 0 <</S\x01/Launch "  # is another thing where each ninth byte says how its row is guessed
_STORED = zlib.compress(b"5 0 <</Type/Font endstream >>", 0)
GOES_ON = b"4 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\n%s\nendstream endobj\ntrailer" % _STORED


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (a_pdf(), MaterialKind.PDF),
        (a_pdf(packed=b"5 0 <</Type/Font>>"), MaterialKind.PDF),
        (a_pdf(b"/A<</S/URI/URI(https://en.wikipedia.org/wiki/JavaScript)>>"), MaterialKind.PDF),
        (a_pdf(b"/Title(HTML/CSS/JavaScript \\( for \\\\) /Lang(a (b/JS) /Launch c\\))"), MaterialKind.PDF),
        (a_pdf(packed=b"5 0 <</Title(/EmbeddedFiles)>>"), MaterialKind.PDF),
        *((a_pdf(packed=b"5 0 <</Title(/Launch)/Type/Font>>", predictor=kind), MaterialKind.PDF) for kind in range(5)),
        (a_pdf(b"/Title(streams)/ID<2F4A53>"), MaterialKind.PDF),
        (a_pdf(b"/FontDescriptor<</Flags 32>>/Font<</F1 9 0 R>>", packed=b"5 0 <</Type/Font>>"), MaterialKind.PDF),
        (an_office_file(), MaterialKind.DOCX),
        (an_office_file(POWERPOINT), MaterialKind.PPTX),
        (an_office_file(word__rels_main__xml__rels=LINKS), MaterialKind.DOCX),
        (an_office_file(word__rels_main__xml__rels=OWN_TEMPLATE), MaterialKind.DOCX),
        (an_office_file(word__rels_main__xml__rels=FETCHES.replace("External", "Internal")), MaterialKind.DOCX),
    ],
)
def test_a_sheet_is_kept_as_it_came_whatever_it_is_called(content: bytes, kind: MaterialKind) -> None:
    file = checked("Oppgaveark: bruer.exe", content)
    assert file.kind is kind and file.content == content
    assert file.name == f"Oppgaveark bruer.exe.{kind}"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", MaterialFault.UNKNOWN),
        (b"<html><script>alert(1)</script>", MaterialFault.UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", MaterialFault.UNKNOWN),
        (b"MZ\x90\x00", MaterialFault.UNKNOWN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", MaterialFault.OLD_OFFICE),
        (b"%PDF-1.7 and nothing more", MaterialFault.BROKEN),
        (a_pdf(b"/OpenAction<</S/JavaScript/JS(app.alert)>>"), MaterialFault.DOES),
        (a_pdf(b"/OpenAction<</S/J#61vaScript>>"), MaterialFault.DOES),
        (a_pdf(packed=b"5 0 <</S/Launch/F(cmd.exe)>>"), MaterialFault.DOES),
        *((a_pdf(packed=b"5 0 <</S/Launch/F(cmd.exe)>>", predictor=kind), MaterialFault.DOES) for kind in range(5)),
        (a_pdf(packed=b"5 0 <<>>", predictor=2, further=b"/Predictor 1"), MaterialFault.TOO_HARD),
        (a_pdf(packed=b"5 0 <<>>", further=b"/DecodeParms<</Predictor 9 0 R>>"), MaterialFault.TOO_HARD),
        (a_pdf(packed=b"5 0 <<>>", further=b"/F[/ASCIIHexDecode]"), MaterialFault.TOO_HARD),
        (a_pdf(packed=b"5 0 <<>>", further=b"/DecodeParms[9 0 R]"), MaterialFault.TOO_HARD),
        (a_pdf(packed=b"5 0 <<>>", further=b"/F[/FlateDecode]"), MaterialFault.TOO_HARD),
        (a_pdf(packed=b"5 0 <<>>", further=b"/DecodeParms<</Predictor 12 0 R/Columns 8>>"), MaterialFault.TOO_HARD),
        (a_pdf(packed=b"5 0 <<>>", further=b"/DecodeParms<</Predictor 0000000012>>"), MaterialFault.TOO_HARD),
        (a_pdf(packed=b"5 0 <<>>", further=b"/DecodeParms<</Predictor 12/Colum#6es 8>>"), MaterialFault.TOO_HARD),
        (a_pdf(packed=b"5 0 <<>>", further=b"/Decode#50arms 9 0 R"), MaterialFault.TOO_HARD),
        (a_pdf(packed=DRAWN_AS_ROWS, further=b"/Other<</Predictor 12/Columns 8>>"), MaterialFault.DOES),
        (a_pdf().replace(b"trailer", GOES_ON), MaterialFault.BROKEN),
        (a_pdf(b"/Names<</EmbeddedFiles 9 0 R>>"), MaterialFault.DOES),
        (a_pdf(b"/Title(for \\\\ (beginners\\)))/S/JavaScript/T()"), MaterialFault.DOES),
        (a_pdf(b"/Title(\\\\)/S/JavaScript/T(x)"), MaterialFault.DOES),
        (a_pdf(b"/Title(never ended /S/JavaScript"), MaterialFault.DOES),
        (a_pdf(b"/ID<28>/S/JavaScript/T<29>"), MaterialFault.DOES),
        (a_pdf(packed=b"5 9 <<>> (/Launch )"), MaterialFault.DOES),
        (a_pdf(b"/A(5 0 obj<</S/JavaScript>>endobj)"), MaterialFault.DOES),
        (a_pdf(b"/A(5 0 obj<<%)(\n/S/JavaScript)"), MaterialFault.DOES),
        (a_pdf(b"/A<5 0 obj<<%>(\n/S/JavaScript)"), MaterialFault.DOES),
        (a_pdf(b"/A(stream\n)/S/JavaScript %endstream\n"), MaterialFault.DOES),
        (a_pdf(b"\n%stream\n/S/JavaScript\n%endstream\n"), MaterialFault.DOES),
        (
            a_pdf().replace(b"trailer", b"4 0 obj<<>>stream\n5 0 obj/Launch endobj\nendstream endobj\ntrailer"),
            MaterialFault.DOES,
        ),
        (a_pdf(b"\n% a smile (:\n/S/JavaScript/T(x)"), MaterialFault.DOES),
        (a_pdf().replace(b"trailer<<", b"trailer<</Encrypt 9 0 R"), MaterialFault.LOCKED),
        (an_office_file("application/vnd.ms-word.document.macroEnabled.main+xml"), MaterialFault.DOES),
        (an_office_file(word_vbaProject__bin="x"), MaterialFault.DOES),
        (an_office_file(word__rels_main__xml__rels=FETCHES), MaterialFault.DOES),
        (
            an_office_file(word__rels_main__xml__rels=FETCHES.replace("evil.example", "a.example/hyperlink")),
            MaterialFault.DOES,
        ),
        (
            an_office_file(word__rels_main__xml__rels=FETCHES.replace("http://x/", "http://x/hyperlink/")),
            MaterialFault.DOES,
        ),
        (an_office_file(word__rels_main__xml__rels=FETCHES.replace("External", "Exter&#110;al")), MaterialFault.DOES),
        (an_office_file(word__rels_main__xml__rels=FETCHES.replace('"a"', '"a>"')), MaterialFault.DOES),
        (
            an_office_file(word__rels_main__xml__rels=OWN_TEMPLATE.replace("///C:", "//a.example/C:")),
            MaterialFault.DOES,
        ),
        (an_office_file(word__rels_main__xml__rels="<!DOCTYPE a>" + LINKS), MaterialFault.DOES),
        (an_office_file(word__rels_main__xml__rels=LINKS[:-1]), MaterialFault.BROKEN),
        (an_office_file("application/vnd.ms-excel.sheet.main+xml"), MaterialFault.UNKNOWN),
        (an_office_file()[:-30], MaterialFault.BROKEN),
        (b"\x89PNG\r\n\x1a\n and then nothing", MaterialFault.BROKEN),
        (b"%PDF-" + bytes(LARGEST), MaterialFault.TOO_LARGE),
    ],
)
def test_what_is_another_thing_or_does_something_is_refused(content: bytes, fault: MaterialFault) -> None:
    with pytest.raises(MaterialRefused) as refused:
        checked("sheet.pdf", content)
    assert refused.value.fault is fault


def test_a_stream_of_objects_that_nobody_packed_is_read_as_it_is() -> None:
    def loose(objects: bytes) -> bytes:
        stream = b"4 0 obj<</Type/ObjStm/N 1/First 4/Length 99>>stream\n%s\nendstream endobj\ntrailer" % objects
        return a_pdf().replace(b"trailer", stream)

    assert checked("a.pdf", loose(b"5 0 <</Title(HTML/JavaScript)>>")).kind is MaterialKind.PDF
    with pytest.raises(MaterialRefused) as refused:
        checked("a.pdf", loose(b"5 0 <</S/Launch>>"))
    assert refused.value.fault is MaterialFault.DOES


def test_names_in_a_stream_that_is_only_drawn_are_no_names() -> None:
    drawn = b"3 0 obj<</Length 9>>stream\n/JS /Launch /JavaScript\nendstream endobj\ntrailer"
    assert checked("a.pdf", a_pdf().replace(b"trailer", drawn)).kind is MaterialKind.PDF


def test_a_picture_is_written_anew_without_what_the_camera_wrote_in_it() -> None:
    file = checked("photo.jpeg", a_photo_with_place())
    assert file.kind is MaterialKind.JPEG and file.name == "photo.jpg"
    picture = Image.open(io.BytesIO(file.content))
    assert picture.size == (40, 30) and not picture.getexif()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Bygg en bru – æøå.PDF", "Bygg en bru – æøå.pdf"),
        ("C:\\Users\\kari\\ark 1.pdf", "ark 1.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a b Set-Cookie x.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        (" . ", "material.pdf"),
        ("x" * 300, "x" * 100 + ".pdf"),
    ],
)
def test_a_name_stays_readable_and_can_do_nothing(given: str, kept: str) -> None:
    assert readable_name(given, MaterialKind.PDF) == kept

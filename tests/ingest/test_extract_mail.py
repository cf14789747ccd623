"""Mail: its words become a piece, its attachments parts, and nobody who wrote or received it is named."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image

from library.ingest import Extraction, Limits, Status, extract
from library.ingest.headers import mail_format

HEAD = b"From: Ama <ama@threat.example>\r\nTo: kofi@there.example\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\n"


def picture(colour: str = "red", side: int = 60, format: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, format)
    return out.getvalue()


def letter(subject: str = "Water", words: str = "Words about water.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ama <ama@threat.example>"
    message["To"] = "kofi@there.example"
    message["Subject"] = subject
    message["Date"] = "Fri, 31 May 2024 23:30:00 +0200"
    message["Message-ID"] = "<1@threat.example>"
    message.set_content(words)
    return message


@pytest.fixture
def kept(extracted: Callable[..., Extraction], tmp_path: Path) -> Callable[[bytes], tuple[Extraction, Path]]:
    """Reads a file and keeps what it holds: (what was read, the folder of what was kept)."""

    def read(content: bytes, name: str = "letter.eml") -> tuple[Extraction, Path]:
        source, folder = tmp_path / "source", tmp_path / f"kept-{len(list(tmp_path.iterdir()))}"
        source.write_bytes(content)
        folder.mkdir()
        return extract(source, name, Limits(), tmp_path / "scratch", keep=folder), folder

    return read


def test_letter_is_a_piece_by_its_subject_and_date_and_names_nobody(extracted):
    found = extracted(letter("Re: AW: Über das Wasser").as_bytes(), "x.eml")
    assert (found.status, found.format, found.title) == (Status.ok, "eml", "Über das Wasser")
    assert found.media_type == "message/rfc822"
    assert found.metadata == {"published": "2024-05-31"}
    assert "Words about water." in found.markdown
    assert found.text.startswith("Über das Wasser")
    assert "Ama" not in str(found) and "threat" not in str(found)
    assert "left out" in found.warnings[0]


def test_addresses_in_the_text_itself_are_told(extracted):
    found = extracted(letter(words="Write to me@here.example for more.\n").as_bytes(), "x.eml")
    assert any("addresses in the text" in warning for warning in found.warnings)


def test_html_is_taken_where_it_says_as_much_and_plain_text_where_it_does_not(extracted):
    message = letter(words="Words about water and more.\n")
    message.add_alternative("<p>Words about <b>water</b> and more.</p>", subtype="html")
    assert "**water**" in extracted(message.as_bytes(), "x.eml").markdown
    message = letter(words="Words about water and much more to be said.\n")
    message.add_alternative("<p>Switch HTML on.</p>", subtype="html")
    found = extracted(message.as_bytes(), "x.eml")
    assert "much more" in found.markdown and "Switch" not in found.markdown


def test_pictures_stand_where_the_letter_shows_them_and_others_after_it(kept):
    message = letter()
    message.add_alternative('<p>See: <img src="cid:one" alt="A red box"> there, words about water.</p>', subtype="html")
    message.get_payload()[1].add_related(picture(), "image", "png", cid="<one>")
    message.add_attachment(picture("blue", format="JPEG"), maintype="image", subtype="jpeg", filename="Ama.jpg")
    found, folder = kept(message.as_bytes())
    assert [one.media_type for one in found.pictures] == ["image/png", "image/jpeg"]
    assert f"See: ![A red box](picture:{found.pictures[0].kept}) there" in found.markdown
    assert found.markdown.rstrip().endswith(f"![](picture:{found.pictures[1].kept})")
    assert "Ama" not in found.markdown
    assert {path.name for path in folder.iterdir()} == {one.kept for one in found.pictures}


def test_attachments_and_forwarded_letters_become_parts(kept):
    message = letter()
    message.add_attachment(
        b"# Notes\n\nwords", maintype="application", subtype="octet-stream", filename="../a/nötes.md"
    )
    message.add_attachment(letter("Earlier", "Earlier words.\n"))
    message.add_attachment(b"-----BEGIN", maintype="application", subtype="pgp-signature", filename="s.asc")
    found, folder = kept(message.as_bytes())
    assert [part.name for part in found.parts] == ["nötes.md", "Earlier.eml"]
    assert (folder / found.parts[0].kept).read_bytes() == b"# Notes\n\nwords"
    assert b"Earlier words." in (folder / found.parts[1].kept).read_bytes()
    assert "Earlier words." not in found.text
    assert found.receipt()["parts"] == ["nötes.md", "Earlier.eml"]


def test_invitations_and_visiting_cards_name_people_and_stay_out(kept):
    message = letter()
    message.add_attachment("ATTENDEE:mailto:ama@threat.example", subtype="calendar", filename="invite.ics")
    message.add_attachment("FN:Ama", subtype="vcard", filename="ama.vcf")
    found, folder = kept(message.as_bytes())
    assert not found.parts and not list(folder.iterdir())
    assert sum("names people" in warning for warning in found.warnings) == 2


def test_letter_that_only_carries_files_is_a_batch(kept):
    message = letter("Fwd: files", " \n")
    message.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="a.csv")
    found, _folder = kept(message.as_bytes())
    assert (found.status, found.batch, found.text) == (Status.ok, True, "")
    assert "1 file in it" in found.reason


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        (
            b"Content-Type: text/plain; charset=koi8-r",
            "Вода принадлежит всем".encode("koi8-r"),
            "Вода принадлежит всем",
        ),
        (
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
            base64.b64encode("مياه للجميع".encode()),
            "مياه للجميع",
        ),
        (
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable",
            b"Caf=C3=A9",
            "Café",
        ),
        (b"Content-Type: text/plain; charset=utf-7", b"Caf+AOk-", "Café"),
        (b"Content-Type: text/plain; charset=iso-2022-jp", "水は皆のもの".encode("iso2022_jp"), "水は皆のもの"),
        (b"Content-Type: text/plain; charset=no-such", "Größe der Flüsse".encode("cp1252"), "Größe der Flüsse"),
        (
            b"Content-Type: text/plain; format=flowed",
            b"One line \r\ngoes on\r\nand ends.",
            "One line goes on\nand ends.",
        ),
        (b'Content-Type: text/html; charset="windows-1251"', "<p>Вода</p>".encode("cp1251"), "Вода"),
    ],
)
def test_bodies_are_read_in_any_encoding(extracted, head, body, words):
    found = extracted(HEAD + b"Subject: x\r\n" + head + b"\r\n\r\n" + body + b"\r\n", "a.eml")
    assert words in found.text


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (b"=?utf-8?B?" + base64.b64encode("Größe".encode()) + b"?=", "Größe"),
        ("Größe der Flüsse".encode(), "Größe der Flüsse"),
        (b"=?no-such?Q?x=FF?= words", "x"),
        (b"[list] Fwd: kept", "[list] Fwd: kept"),
    ],
)
def test_subjects_are_read_in_any_encoding(extracted, subject, title):
    found = extracted(HEAD + b"Subject: " + subject + b"\r\n\r\nWords of a letter.\r\n", "a.eml")
    assert title in found.title


@pytest.mark.parametrize(
    "body",
    [
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n',
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIAG\r\n",
        b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n",
    ],
    ids=["PGP/MIME", "S/MIME", "inline PGP"],
)
def test_encrypted_letters_say_so(extracted, body):
    found = extracted(HEAD + b"Subject: x\r\n" + body, "a.eml")
    assert found.status is Status.encrypted
    assert "decrypted" in found.reason


def test_malformed_headers_and_endless_nesting_end_with_a_status(sandboxed):
    odd = (
        HEAD
        + b'Subject: =?utf-8?q?=?=\r\nDate: 99 Foo\r\nContent-Type: ;;==\r\nContent-Disposition: "\r\n\r\nWords here.\r\n'
    )
    assert "Words here." in sandboxed(odd, "a.eml").text
    deep = HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3_000)
    )
    assert sandboxed(deep, "a.eml").status in (Status.unsafe, Status.empty)


def test_mailbox_gives_a_part_for_each_letter(kept):
    one, two = letter("One", "First words.\n"), letter("Two", "Second.\n\n>From the sea\n")
    boxed = b"".join(b"From x Fri May 31 10:00:00 2024\n" + each.as_bytes() + b"\n" for each in (one, two))
    found, folder = kept(boxed, "box")
    assert (found.format, found.batch, len(found.parts)) == ("mbox", True, 2)
    assert b"\nFrom the sea" in (folder / found.parts[1].kept).read_bytes()
    alone, _folder = kept(b"From x Fri May 31 10:00:00 2024\n" + one.as_bytes(), "box")
    assert (alone.format, alone.title) == ("eml", "One")


def test_saved_web_page_is_read_as_the_page(kept):
    page = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.org/a/\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n'
        b"Content-Location: https://x.org/a/\r\n\r\n<html><head><title>Of water</title></head><body><nav>menu</nav>"
        b"<main><h1>Of water</h1><p>Words of the page, and more of them.</p><img src='pic.png'></main></body></html>\r\n"
        b"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Location: https://x.org/a/pic.png\r\n\r\n" + base64.encodebytes(picture()) + b"\r\n--b--\r\n"
    )
    found, _folder = kept(page, "page.mhtml")
    assert (found.status, found.format, found.title) == (Status.ok, "mhtml", "Of water")
    assert f"![](picture:{found.pictures[0].kept})" in found.markdown
    assert "menu" not in found.text


@pytest.mark.parametrize(
    ("head", "name", "format"),
    [
        (b"From: a\nTo: b\nSubject: c\n\nA memorandum.", "memo.txt", ""),
        (b"From: a\nTo: b\nSubject: c\n\nA letter.", "letter.eml", "eml"),
        (b"Title: a\nAuthor: b\nDate: c\n\nText.", "a.md", ""),
        (b"Received: from x\n by y\nSubject: c\nFrom: d\n\nText.", "a", "eml"),
        (b"From the sea to the mountains\nthere is water.", "a.txt", ""),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nx", "a.html", "mhtml"),
        (HEAD + b"Content-Type: multipart/related; boundary=x\n\n", "a", "eml"),
    ],
)
def test_letters_are_told_by_what_mail_programs_write(head, name, format):
    assert mail_format(head, name) == format

"""Office files made of their XML alone: `docx(body)`, `odt(body)`, `pptx([slide, …])` give members for `zipped`."""

from __future__ import annotations

import io

from PIL import Image

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    f' xmlns:r="{_OFFICE}" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
SLIDE = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    f' xmlns:r="{_OFFICE}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
OPEN = (
    " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in {
            "office": "office",
            "text": "text",
            "style": "style",
            "draw": "drawing",
            "svg": "svg-compatible",
            "table": "table",
            "meta": "meta",
        }.items()
    )
    + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>machine-user</dc:creator>'
    "<cp:lastModifiedBy>machine-user</cp:lastModifiedBy></cp:coreProperties>"
)
APP = "<Properties><Company>machine-user</Company><Template>C:\\Users\\machine-user\\t.dotx</Template></Properties>"


def picture(width: int = 60, height: int = 40) -> bytes:
    """A PNG picture that is like no other of its size."""
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "PNG")
    return out.getvalue()


def relations(**targets: str) -> bytes:
    """A relations part: `relations(r1="image media/a.png")`."""
    lines = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in ((name, said.split(" ")) for name, said in targets.items())
    )
    return f'<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'.encode()


def w_p(text: str, settings: str = "", run: str = "") -> str:
    """A paragraph of Word."""
    return f'<w:p><w:pPr>{settings}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def docx(body: str, **parts: bytes) -> dict[str, bytes]:
    """Members of a DOCX; `parts`: `styles`, `comments`, … and `picture`, which has the relation `rPicture`."""
    said = {name: f"{name} {name}.xml" for name in parts if name != "picture"}
    if "picture" in parts:
        said["rPicture"] = "image media/image1.png"
    members = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": relations(r1="officeDocument word/document.xml"),
        "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>".encode(),
        "word/_rels/document.xml.rels": relations(**said),
        "docProps/core.xml": CORE.encode(),
        "docProps/app.xml": APP.encode(),
    }
    for name, content in parts.items():
        members["word/media/image1.png" if name == "picture" else f"word/{name}.xml"] = content
    return members


def odt(body: str, styles: str = "", **pictures: bytes) -> dict[str, bytes]:
    """Members of an ODT; `styles`: automatic ones."""
    content = (
        f"<office:document-content {OPEN}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    meta = (
        f"<office:document-meta {OPEN}><office:meta><meta:initial-creator>machine-user</meta:initial-creator>"
        '<dc:creator>machine-user</dc:creator><meta:template xlink:href="/home/machine-user/t.ott"/></office:meta>'
        "</office:document-meta>"
    )
    members = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": content.encode(),
        "styles.xml": f"<office:document-styles {OPEN}/>".encode(),
        "meta.xml": meta.encode(),
    }
    return members | {f"Pictures/{name}.png": content for name, content in pictures.items()}


def p_sp(text: str, holder: str = "") -> str:
    """A box on a slide; `holder`: the kind of its placeholder."""
    ph = f'<p:ph type="{holder}"/>' if holder else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="machine-user"/><p:cNvSpPr/><p:nvPr>{ph}</p:nvPr></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/>{''.join(f'<a:p><a:r><a:t>{line}</a:t></a:r></a:p>' for line in text.split('|'))}"
        "</p:txBody></p:sp>"
    )


def pptx(*slides: str, hidden: tuple[int, ...] = (), **parts: bytes) -> dict[str, bytes]:
    """Members of a PPTX of `slides`, the last one shown first; `parts`: `notes1`, `diagram1`, `picture`, of slide 1."""
    numbers = range(1, len(slides) + 1)
    order = "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in [numbers[-1], *numbers[:-1]])
    members = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": relations(r1="officeDocument ppt/presentation.xml"),
        "ppt/presentation.xml": f"<p:presentation {SLIDE}><p:sldIdLst>{order}</p:sldIdLst></p:presentation>".encode(),
        "ppt/_rels/presentation.xml.rels": relations(**{f"r{n}": f"slide slides/slide{n}.xml" for n in numbers}),
        "ppt/slides/_rels/slide1.xml.rels": relations(
            r1="notesSlide ../notesSlides/notes1.xml",
            r2="diagramData ../diagrams/diagram1.xml",
            r3="image ../media/a.png",
        ),
        "docProps/core.xml": CORE.encode(),
        "docProps/app.xml": APP.encode(),
    }
    for number, slide in zip(numbers, slides, strict=True):
        shown = ' show="0"' if number in hidden else ""
        members[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {SLIDE}{shown}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>".encode()
        )
    places = {
        "notes1": "ppt/notesSlides/notes1.xml",
        "diagram1": "ppt/diagrams/diagram1.xml",
        "picture": "ppt/media/a.png",
    }
    return members | {places.get(name, f"ppt/{name}.xml"): content for name, content in parts.items()}

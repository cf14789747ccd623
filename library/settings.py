"""Every setting: its name, type, default and meaning, in one place.

A setting is looked up in the environment (its name as it stands), then in `config.py` of the instance folder,
then here. `docs/settings.md` lists the same names, kept in step by a test.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_ONION = re.compile(r"https?://(?:[a-z0-9-]+\.)*[a-z2-7]{56}\.onion(?::\d{1,5})?/?")  # version 3, as rend-spec has it
_OUTSIDE = re.compile(r"https?://[^\s/\"'<>]+(?:/[^\s\"'<>]*)?")


class SettingError(Exception):
    """A setting has a value that cannot be used; the message says which and what is wanted."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `default` gives the type too: str, int, float, bool."""

    name: str
    default: str | int | float | bool
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "SITE_NAME", "Democratic Freedoms Learning Network", "The library's name, on every page and in every feed."
    ),
    Setting(
        "SITE_TAGLINE",
        "What reformers have learned about democratic freedoms, in one place.",
        "One sentence under the name.",
    ),
    Setting(
        "SITE_LOGO",
        "",
        "Path of an SVG or PNG file in the instance folder that stands beside the name; empty for the built-in mark.",
    ),
    Setting(
        "SITE_CONTACT",
        "",
        "How to reach whoever keeps the library: an https: or mailto: address, shown at the foot of every page; empty for none.",
    ),
    Setting(
        "SITE_URL",
        "",
        "Address under which readers reach the library (https://library.example.org); feeds and canonical links use it. Empty: the address that `library serve` listens on.",
    ),
    Setting("SITE_LANGUAGE", "en", "Language of the interface (BCP 47)."),
    Setting(
        "DATABASE_URL",
        "",
        "SQLAlchemy address of the database; empty for SQLite in the instance folder (`library.db`).",
    ),
    Setting(
        "SECRET_KEY",
        "",
        "Signs sessions and forms; empty: made on the first run and kept in the instance folder (`secret_key`).",
    ),
    Setting("SESSION_HOURS", 12, "Hours after which a signed-in person signs in again."),
    Setting(
        "SECURE_COOKIES",
        False,
        "Send the session cookie over HTTPS only; set it wherever the library is served by HTTPS.",
    ),
    Setting(
        "LOGIN_ATTEMPTS",
        8,
        "Failed sign-ins to one account (five times as many from one network address) within LOGIN_WINDOW_MINUTES before further ones are refused.",
    ),
    Setting("LOGIN_WINDOW_MINUTES", 15, "Minutes over which failed sign-ins are counted."),
    Setting("TRUSTED_PROXIES", 0, "Reverse proxies in front of the library whose X-Forwarded-* headers are believed."),
    Setting("MAX_UPLOAD_MB", 200, "Largest file that may be uploaded or imported, in megabytes (10^6 bytes)."),
    Setting("MAX_REQUEST_MB", 2000, "Largest form with files that is taken at once, in megabytes."),
    Setting("MIN_FREE_MB", 200, "Megabytes of the disk that uploads leave free."),
    Setting("UPLOADS_AT_ONCE", 16, "Uploads that each web worker process takes in at the same time."),
    Setting("LIVE_PAGES", 8, "Pages of the desk that each web worker process keeps up to date by server-sent events."),
    Setting("EXTRACT_SECONDS", 120, "Wall-clock seconds that reading one file may take."),
    Setting("EXTRACT_MEMORY_MB", 512, "Memory that reading one file may take, in megabytes."),
    Setting(
        "OCR",
        "auto",
        "Recognise the text of scans: `auto` (where OCRmyPDF and Tesseract are installed) or `off`.",
    ),
    Setting(
        "OCR_LANGUAGES",
        "eng+fra+spa+ara",
        "Languages that text recognition knows, by Tesseract's names; of these the installed ones are used.",
    ),
    Setting("OCR_SECONDS", 600, "Wall-clock seconds that recognising the text of one file may take."),
    Setting(
        "PAGE_PICTURES_MB",
        200,
        "Room on the disk for pictures of the pages of PDF originals, in megabytes; those that nobody asked for longest go first.",
    ),
    Setting("WEB_WORKERS", 2, "Web worker processes."),
    Setting(
        "WEB_THREADS",
        4,
        "Threads of each web worker process that answer readers; uploads and live pages have their own.",
    ),
    Setting("JOB_WORKERS", 1, "Files that are read at the same time."),
    Setting(
        "QUEUE_URL",
        "",
        "Redis server that wakes the job workers (redis://localhost/0, needs the extra `redis`); empty for a queue in the instance folder (`queue.db`).",
    ),
    Setting(
        "PAGE_CACHE_MB",
        32,
        "Megabytes in which each web worker, and the front before them, keep pages for readers without an account; 0: none are kept.",
    ),
    Setting("PAGE_SIZE", 24, "Pieces on a page of the shelf."),
    Setting("RESULTS_PER_PAGE", 10, "Documents on a page of search results."),
    Setting("FEED_ENTRIES", 50, "Newest entries in a feed."),
    Setting(
        "ORIGINALS",
        "withheld",
        "Whether readers may fetch the files that pieces were made from: `withheld` (unless a curator offers one), `cleaned` (a copy without what a file says about people and machines) or `offered` (as uploaded).",
    ),
    Setting(
        "PACKS_MB",
        500,
        "Disk that packs which were made (EPUB, HTML, ZIP) may take in the instance folder, in megabytes; the longest unasked go first.",
    ),
    Setting(
        "ONION_URL",
        "",
        "Address of the same library as an onion service (http://….onion); every page then names it in `Onion-Location`, and Tor Browser offers it. Empty for none.",
    ),
    Setting(
        "LEAVE_URL",
        "",
        "Address to which “Leave quickly” leads (an ordinary site, such as a weather forecast); every page then has the link, and Esc pressed twice does the same. Empty for none.",
    ),
    Setting("METRICS_PUBLIC", False, "Answer /metrics to other machines too, not to this one only."),
)


def instance_folder(given: Path | None = None) -> Path:
    """The folder where everything that changes at run time lives: `given`, `LIBRARY_INSTANCE` or `./instance`."""
    return (given or Path(os.environ.get("LIBRARY_INSTANCE") or "instance")).expanduser().resolve()


def asset_folder(name: str) -> Path:
    """`templates` or `static`: inside the installed package (wheel) or beside it (checkout)."""
    packaged = Path(__file__).resolve().parent / name
    return packaged if packaged.is_dir() else ROOT / name


def load(instance: Path, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All settings for `instance` with the types of their defaults, `overrides` first.

    Raises SettingError for a value that is not of the setting's type or a `config.py` that cannot be read.
    """
    written = _config_file(instance / "config.py")
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        found: Any = os.environ.get(setting.name, written.get(setting.name, setting.default))
        values[setting.name] = _typed(setting, found)
    values.update(overrides or {})
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{instance / 'library.db'}"
    values["SECRET_KEY"] = values["SECRET_KEY"] or _kept_secret(instance / "secret_key")
    if values["ORIGINALS"] not in ("withheld", "cleaned", "offered"):
        raise SettingError(f"ORIGINALS is {values['ORIGINALS']!r}; it is `withheld`, `cleaned` or `offered`.")
    if values["OCR"] not in ("auto", "off"):
        raise SettingError(f"OCR is {values['OCR']!r}; it is `auto` or `off`.")
    if values["QUEUE_URL"] and not values["QUEUE_URL"].startswith(("redis://", "rediss://", "unix://")):
        raise SettingError(f"QUEUE_URL is {values['QUEUE_URL']!r}; it is empty or starts with redis://.")
    if values["ONION_URL"] and not _ONION.fullmatch(values["ONION_URL"]):
        raise SettingError(
            f"ONION_URL is {values['ONION_URL']!r}; it is empty or an onion service's address of 56 letters and digits, http://….onion, without a path."
        )
    if values["LEAVE_URL"] and not _OUTSIDE.fullmatch(values["LEAVE_URL"]):
        raise SettingError(f"LEAVE_URL is {values['LEAVE_URL']!r}; it is empty or starts with https:// or http://.")
    values["ONION_URL"] = values["ONION_URL"].rstrip("/")
    return values


def _typed(setting: Setting, value: Any) -> Any:
    wanted = type(setting.default)
    if wanted is bool and isinstance(value, str):
        if value.lower() in ("1", "true", "yes", "on"):
            return True
        if value.lower() in ("0", "false", "no", "off", ""):
            return False
        raise SettingError(f"{setting.name} is {value!r}; it is true or false.")
    try:
        return wanted(value)
    except (TypeError, ValueError) as error:
        raise SettingError(f"{setting.name} is {value!r}; a {wanted.__name__} is wanted: {setting.meaning}") from error


def _config_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    names: dict[str, Any] = {}
    try:
        # The instance's own configuration, written by its administrator: Python, as Flask has it.
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)  # noqa: S102
    except Exception as error:
        raise SettingError(f"{path.name} in the instance folder cannot be read: {error}") from error
    return {name: value for name, value in names.items() if name.isupper()}


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made first if it is not there (readable by its owner only)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    secret = path.read_text().strip()
    if len(secret) < 32:  # a process killed between creating and writing it
        path.unlink()
        return _kept_secret(path)
    return secret

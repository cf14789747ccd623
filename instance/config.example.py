"""Settings of one library. Copy to config.py in the instance folder and take the # off what you change."""

# The library's name, on every page and in every feed.
# SITE_NAME = 'Democratic Freedoms Learning Network'

# One sentence under the name.
# SITE_TAGLINE = 'What reformers have learned about democratic freedoms, in one place.'

# Path of an SVG or PNG file in the instance folder that stands beside the name; empty for the built-in mark.
# SITE_LOGO = ''

# How to reach whoever keeps the library: an https: or mailto: address, shown at the foot of every page; empty for none.
# SITE_CONTACT = ''

# Address under which readers reach the library (https://library.example.org); feeds and canonical links use it. Empty: the address that `library serve` listens on.
# SITE_URL = ''

# Language of the interface (BCP 47).
# SITE_LANGUAGE = 'en'

# SQLAlchemy address of the database; empty for SQLite in the instance folder (`library.db`).
# DATABASE_URL = ''

# Signs sessions and forms; empty: made on the first run and kept in the instance folder (`secret_key`).
# SECRET_KEY = ''

# Hours after which a signed-in person signs in again.
# SESSION_HOURS = 12

# Send the session cookie over HTTPS only; set it wherever the library is served by HTTPS.
# SECURE_COOKIES = False

# Failed sign-ins to one account (five times as many from one network address) within LOGIN_WINDOW_MINUTES before further ones are refused.
# LOGIN_ATTEMPTS = 8

# Minutes over which failed sign-ins are counted.
# LOGIN_WINDOW_MINUTES = 15

# Reverse proxies in front of the library whose X-Forwarded-* headers are believed.
# TRUSTED_PROXIES = 0

# Largest file that may be uploaded or imported, in megabytes (10^6 bytes).
# MAX_UPLOAD_MB = 200

# Largest form with files that is taken at once, in megabytes.
# MAX_REQUEST_MB = 2000

# Megabytes of the disk that uploads leave free.
# MIN_FREE_MB = 200

# Uploads that each web worker process takes in at the same time.
# UPLOADS_AT_ONCE = 16

# Pages of the desk that each web worker process keeps up to date by server-sent events.
# LIVE_PAGES = 8

# Wall-clock seconds that reading one file may take.
# EXTRACT_SECONDS = 120

# Memory that reading one file may take, in megabytes.
# EXTRACT_MEMORY_MB = 512

# Recognise the text of scans: `auto` (where OCRmyPDF and Tesseract are installed) or `off`.
# OCR = "auto"

# Languages that text recognition knows, by Tesseract's names; of these the installed ones are used.
# OCR_LANGUAGES = "eng+fra+spa+ara"

# Wall-clock seconds that recognising the text of one file may take.
# OCR_SECONDS = 600

# Room on the disk for pictures of the pages of PDF originals, in megabytes; those that nobody asked for longest go first.
# PAGE_PICTURES_MB = 200

# Web worker processes.
# WEB_WORKERS = 2

# Threads of each web worker process that answer readers; uploads and live pages have their own.
# WEB_THREADS = 4

# Files that are read at the same time.
# JOB_WORKERS = 1

# Redis server that wakes the job workers (redis://localhost/0, needs the extra `redis`); empty for a queue in the instance folder (`queue.db`).
# QUEUE_URL = ''

# Pieces on a page of the shelf.
# PAGE_CACHE_MB = 32
# PAGE_SIZE = 24

# Documents on a page of search results.
# RESULTS_PER_PAGE = 10

# Newest entries in a feed.
# FEED_ENTRIES = 50

# Whether readers may fetch the files that pieces were made from: `withheld` (unless a curator offers one), `cleaned` (a copy without what a file says about people and machines) or `offered` (as uploaded).
# ORIGINALS = 'withheld'

# Disk that packs which were made (EPUB, HTML, ZIP) may take in the instance folder, in megabytes; the longest unasked go first.
# PACKS_MB = 500

# Address of the same library as an onion service (http://….onion); every page then names it in `Onion-Location`, and Tor Browser offers it. Empty for none.
# ONION_URL = ''

# Address to which “Leave quickly” leads (an ordinary site, such as a weather forecast); every page then has the link, and Esc pressed twice does the same. Empty for none.
# LEAVE_URL = ''

# Answer /metrics to other machines too, not to this one only.
# METRICS_PUBLIC = False

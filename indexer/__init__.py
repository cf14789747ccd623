"""The full-text index of the library: knows nothing of Flask, of SQLAlchemy, of HTTP."""

"""One module a family of formats; each has `read(path, name, ...) -> Found` and raises Refusal for what it cannot."""

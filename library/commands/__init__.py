"""What `library …` does, a module a subject. Each imports what it needs when it is called: `--help` is quick."""

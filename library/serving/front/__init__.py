"""The front: one process that owns the public port, answers kept pages itself and relays the rest to the web workers.

It knows nothing of Flask or the database. `heads` reads and writes heads of HTTP/1.1, `shelf` has the kept pages ready
to be sent, `reader` is a connection from outside, `relay` one to the web workers; each of those carries one request, so
that nothing a client writes can be taken for another request behind. Nothing is logged.
"""

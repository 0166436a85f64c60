"""A proxy of one's own on loopback: each HTTP/1.1 request goes to the next of several servers, and to
another one only if its connection was refused. What may have arrived is never sent again: if a server
dies over a request, the caller gets no answer and has to know what to do.

Each request has a connection of its own at the server, so that an answer ends where its connection does.
"""
import contextlib, itertools, socket, socketserver, threading

ANSWER_SECONDS = 120
PIECE_BYTES = 1 << 16
BODY_BYTES_MAX = 128 << 20
END = b"\r\n\r\n"


class Proxy:
    """Hands requests out in turn, and counts what it did. `on_sent(port, path, bytes)` is called behind each
    request that has left, before its answer is awaited."""

    def __init__(self, ports, on_sent):
        self.ports, self.on_sent = ports, on_sent
        self.turn, self.lock = itertools.count(), threading.Lock()
        self.handed = dict.fromkeys(ports, 0)
        self.refused = self.unanswered = self.nobody = 0

    def __enter__(self):
        proxy = self

        class Caller(socketserver.StreamRequestHandler):
            timeout = ANSWER_SECONDS

            def handle(self):
                # Who goes away in the middle is the caller's business.
                with contextlib.suppress(OSError):
                    proxy.serve_one(self.rfile, self.connection)

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address, request_queue_size = True, True, 128

        self.listener = Listener(("127.0.0.1", 0), Caller)
        self.port = self.listener.server_address[1]
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.1,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown()
        self.listener.server_close()

    def serve_one(self, reader, caller):
        request = read_request(reader)
        if request is None:
            return
        path, sent, body_bytes = request
        server, port = self.reach()
        if server is None:
            # Nothing has left: saying so is safe.
            caller.sendall(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
                           b"Connection: close\r\n\r\n")
            return
        with server:
            heard = 0
            with contextlib.suppress(OSError):
                server.sendall(sent)
                self.on_sent(port, path, body_bytes)
                while piece := server.recv(PIECE_BYTES):
                    heard += len(piece)
                    caller.sendall(piece)
        if heard == 0:
            self.count("unanswered")

    def reach(self):
        """A connection to the server whose turn it is, or to one that is there."""
        first = next(self.turn)
        for step in range(len(self.ports)):
            port = self.ports[(first + step) % len(self.ports)]
            try:
                server = socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS)
            except ConnectionRefusedError:
                self.count("refused")
                continue
            with self.lock:
                self.handed[port] += 1
            return server, port
        self.count("nobody")
        return None, None

    def count(self, what):
        with self.lock:
            setattr(self, what, getattr(self, what) + 1)


def read_request(reader):
    """The path, the whole request as it goes on, and the length of its body; none if the caller is done."""
    head = b""
    while not head.endswith(END):
        line = reader.readline(PIECE_BYTES)
        if not line or len(head) > PIECE_BYTES:
            return None
        head += line
    first, *lines = head[:-len(END)].split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    lengths = [line.split(b":", 1)[1] for line in kept if line.lower().startswith(b"content-length:")]
    length = int(lengths[0]) if lengths else 0
    if length > BODY_BYTES_MAX or any(line.lower().startswith(b"transfer-encoding:") for line in kept):
        # `orihon replay` sends whole bodies; for what it does not send there is no answer here.
        return None
    body = reader.read(length)
    if len(body) != length:
        return None
    return first.split(b" ")[1].decode(), b"\r\n".join([first, *kept, b"Connection: close"]) + END + body, length

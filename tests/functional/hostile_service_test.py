"""Hostile services: the other direction of hostile_peer_test.py. The node dials an onion service
that is not what its address says.
"""
import contextlib
import os
import socket
import ssl
import threading
import unittest

from stranger import Key
from support import NodeTest, Watch, measured, private_network
from torprocess import TorProcess, find_program, quoted


class HostileService(NodeTest):
    def service(self, serve):
        """An onion address behind which `serve(stream)` runs, one stream at a time, in a thread."""
        network = private_network()
        listener = socket.socket(socket.AF_UNIX)
        path = self.top / "liar.sock"
        listener.bind(str(path))
        os.chmod(path, 0o666)
        listener.listen()
        folder = self.top / "liar"
        lines = network.client_torrc.read_text() + (
            f"SocksPort 0\nHiddenServiceDir {quoted(folder / 'service')}\n"
            f"HiddenServicePort 7788 unix:{path}\n"
        )
        tor = TorProcess(find_program("tor"), "liar", folder, lines)
        tor.start()

        def end():
            listener.close()
            tor.ask_to_end()
            tor.finish(2)

        self.addCleanup(end)

        def loop():
            while True:
                try:
                    stream, _ = listener.accept()
                except OSError:
                    return
                stream.settimeout(20)
                with contextlib.suppress(OSError), stream:
                    serve(stream)

        threading.Thread(target=loop, daemon=True).start()
        name = folder / "service" / "hostname"
        dialler = self.node("dialler").start()
        dialler.wait_until(name.exists, 30, "the liar's onion address")
        return dialler, name.read_text().strip()

    def expect(self, fault, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(key.certificate(), key.file)
        context.set_alpn_protocols(["hearsay/1"])

        def serve(stream):
            with context.wrap_socket(stream, server_side=True) as tls:
                while tls.recv(4096):
                    pass

        dialler, onion = self.service(serve)
        watch = Watch()
        dialler.ask("peers", "add", onion)
        dialler.wait_for(
            f"{fault} to be counted",
            lambda status: int(status.get("refused", {}).get(fault, 0)) > 0,
            90,
        )
        measured(f"{fault} noticed after", watch.seconds)
        peer = dialler.ask("peers", "list")["peers"][0]
        self.assertNotEqual(peer["state"], "linked")
        self.assertIn("key" if fault == "wrong_key" else "certificate", peer["last_error"])
        self.assertEqual(dialler.status().get("links_outbound", 0), 0)

    def test_a_service_that_shows_the_key_of_another_is_refused(self):
        self.expect("wrong_key", Key(self.top))

    def test_a_service_with_a_certificate_of_another_type_is_refused(self):
        self.expect("bad_certificate", Key(self.top, "EC", ["-pkeyopt", "ec_paramgen_curve:P-256"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)

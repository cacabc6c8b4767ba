"""Drives a Firefox by Marionette, the protocol of its own tests.

A message is its length in bytes, a colon, and JSON. The browser speaks first and says that it is
level 3 of the protocol. Then a command is [0, number, name, parameters], and its answer
[1, number, error or null, result]. One command waits for its answer before the next one is sent.
(Firefox's sources: testing/marionette/doc/Protocol.md, remote/marionette/.)

What can be done has selenium's names, so that browser.py drives either.
"""
import base64
import json
import socket

LEVEL = 3
LENGTH_DIGITS_MOST = 10
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver's name for a reference to an element


class MarionetteError(Exception):
    """`kind` is WebDriver's word for what is wrong, such as "no such element"."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class StaleElementError(MarionetteError):
    pass


class Connection:
    def __init__(self, port, seconds):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self._data = b""
        self._number = 0
        hello = self._receive()
        if hello.get("marionetteProtocol") != LEVEL:
            raise MarionetteError("unknown protocol", str(hello))

    def close(self):
        self._socket.close()

    def command(self, command, **parameters):
        self._number += 1
        text = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(text), text))
        kind, number, error, result = self._receive()
        if (kind, number) != (1, self._number):
            raise MarionetteError("unknown message", f"{kind}, {number} after {self._number}")
        if error:
            stale = error["error"] == "stale element reference"
            raise (StaleElementError if stale else MarionetteError)(
                error["error"], error["message"]
            )
        return result

    def _receive(self):
        while b":" not in self._data[: LENGTH_DIGITS_MOST + 1]:
            if len(self._data) > LENGTH_DIGITS_MOST:
                raise MarionetteError("unknown message", repr(self._data[:40]))
            self._more()
        length, self._data = self._data.split(b":", 1)
        while len(self._data) < int(length):
            self._more()
        text, self._data = self._data[: int(length)], self._data[int(length):]
        return json.loads(text)

    def _more(self):
        more = self._socket.recv(1 << 16)
        if not more:
            raise MarionetteError("no answer", "Firefox closed the connection")
        self._data += more


class Element:
    def __init__(self, connection, reference):
        self._connection, self.reference = connection, reference

    def _ask(self, command, **parameters):
        return self._connection.command(f"WebDriver:{command}", id=self.reference, **parameters)

    def click(self):
        self._ask("ElementClick")

    def clear(self):
        self._ask("ElementClear")

    def send_keys(self, text):
        self._ask("ElementSendKeys", text=text)

    def get_attribute(self, name):
        found = self._ask("GetElementProperty", name=name)["value"]
        return found if found is not None else self._ask("GetElementAttribute", name=name)["value"]

    @property
    def tag_name(self):
        return self._ask("GetElementTagName")["value"].lower()


class Driver:
    """A session with the Firefox that listens at this port."""

    def __init__(self, port, seconds):
        self._connection = Connection(port, 2 * seconds)  # Firefox's own limits come first
        self._ask("NewSession")
        milliseconds = seconds * 1000
        self._ask("SetTimeouts", script=milliseconds, pageLoad=milliseconds)

    def _ask(self, command, **parameters):
        return self._connection.command(f"WebDriver:{command}", **parameters)

    def get(self, address):
        self._ask("Navigate", url=address)

    def refresh(self):
        self._ask("Refresh")

    def back(self):
        self._ask("Back")

    @property
    def current_url(self):
        return self._ask("GetCurrentURL")["value"]

    def find_elements(self, using, selector):
        return [self._read(each) for each in self._ask("FindElements", using=using, value=selector)]

    def execute_script(self, script, *given):
        return self._run("ExecuteScript", script, given)

    def execute_async_script(self, script, *given):
        return self._run("ExecuteAsyncScript", script, given)

    def _run(self, command, script, given):
        given = [{ELEMENT: each.reference} if isinstance(each, Element) else each for each in given]
        # Without a sandbox, so that the page sees what a script puts into its window.
        return self._read(self._ask(command, script=script, args=given, sandbox=None)["value"])

    def _read(self, value):
        if isinstance(value, list):
            return [self._read(each) for each in value]
        if isinstance(value, dict):
            if ELEMENT in value:
                return Element(self._connection, value[ELEMENT])
            return {name: self._read(each) for name, each in value.items()}
        return value

    def set_window_size(self, width, height):
        self._ask("SetWindowRect", width=width, height=height)

    def save_screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._ask("TakeScreenshot", full=False)["value"]))

    def quit(self):
        self._connection.command("Marionette:Quit", flags=["eForceQuit"])
        self._connection.close()

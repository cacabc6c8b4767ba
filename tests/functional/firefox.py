"""Debian's Firefox as a person has one, headless, with a profile of its own. It is the browser that
can resist fingerprinting, as Tor Browser does: it lives in UTC, speaks English, and gives noise
where a canvas is read."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from browser import PATIENCE, Browser
from marionette import Driver, MarionetteError, StaleElementError

PROGRAM = shutil.which("firefox-esr")
START_SECONDS = 60
END_SECONDS = 20
NOWHERE = 9  # a port of this machine where nothing listens
PREFERENCES = {
    "marionette.port": 0,  # a free one, which Firefox writes into its profile
    # Whatever it would fetch, it asks a proxy that is not there. Loopback needs none.
    "network.proxy.type": 1,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": NOWHERE,
    "network.proxy.socks_remote_dns": True,
    "network.proxy.allow_hijacking_localhost": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.startup.page": 0,
}
# With what Firefox sets for a person who lets it pretend to speak English.
RESISTING = {
    "privacy.resistFingerprinting": True,
    "intl.accept_languages": "en-US, en",
    "javascript.use_us_english_locale": True,
}


class Firefox(Browser):
    """`zone` is the machine's."""

    stale = StaleElementError

    def __init__(self, preferences=(), zone="UTC"):
        if not PROGRAM:
            raise unittest.SkipTest("no firefox-esr: contrib/setup --firefox installs it")
        self._home = Path(tempfile.mkdtemp(prefix="hearsay-firefox-"))
        profile = self._home / "profile"
        profile.mkdir()
        wanted = {**PREFERENCES, **dict(preferences)}
        (profile / "user.js").write_text("".join(
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in wanted.items()))  # fmt: skip
        self._log = open(self._home / "log", "wb")
        # A session of its own, whose processes all end with it.
        self._process = subprocess.Popen(
            [PROGRAM, "--headless", "--marionette", "--no-remote", "--profile", str(profile)],
            env={**os.environ, "HOME": str(self._home), "TZ": zone, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip
        try:
            self.driver = Driver(self._port(profile / "MarionetteActivePort"), PATIENCE)
            self.driver.set_window_size(1280, 900)
        except BaseException:
            self.end()
            raise

    def _port(self, file):
        end = time.monotonic() + START_SECONDS
        while not (file.exists() and file.read_text()):
            if self._process.poll() is not None or time.monotonic() > end:
                log = (self._home / "log").read_text("utf-8", "replace")
                raise MarionetteError("no start", log[-2000:])
            time.sleep(0.05)
        return int(file.read_text())

    def end(self):
        try:
            self.driver.quit()
            self._process.wait(END_SECONDS)
        except (AttributeError, OSError, MarionetteError, subprocess.TimeoutExpired):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._log.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def version(self):
        return subprocess.run([PROGRAM, "--version"], capture_output=True, text=True,
                              check=True).stdout.strip()  # fmt: skip

    def type(self, keys):
        self.run("return document.activeElement").send_keys(keys)

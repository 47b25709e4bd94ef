"""What the configuration's files of certificates connect to: a server that wants them."""

import asyncio
import subprocess

import pytest

from neutrino.ovsdb import NotConnected, Select
from neutrino.runtime.config import load
from neutrino.server import ovsdb


def made(folder, name, authority):
    """Make a key and a certificate *name*, signed by *authority* (by itself where it is the same), with openssl."""
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}")
    if name == authority:
        words = ("openssl", "req", "-x509", *curve, "-keyout", f"{name}.key", "-out", f"{name}.pem")
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
        return
    signed = ("-CA", f"{authority}.pem", "-CAkey", f"{authority}.key")
    words = ("openssl", "req", "-x509", *curve, *signed, "-keyout", f"{name}.key", "-out", f"{name}.pem")
    subprocess.run(words, cwd=folder, check=True, capture_output=True)


async def test_the_daemons_speak_tls_with_the_files_of_their_options(stopped_server, unused_port, caplog):
    folder = stopped_server.folder
    for name, authority in (("ca", "ca"), ("stranger", "stranger"), ("server", "ca"), ("client", "ca")):
        made(folder, name, authority)
    stopped_server.options = [
        f"--remote=pssl:{unused_port}:127.0.0.1",
        f"--private-key={folder}/server.key",
        f"--certificate={folder}/server.pem",
        f"--ca-cert={folder}/ca.pem",
    ]
    stopped_server.start()

    def configured(authority):
        remote = f"ssl:127.0.0.1:{unused_port}"
        files = {"private_key": "client.key", "certificate": "client.pem", "ca_cert": f"{authority}.pem"}
        lines = ["[ovn]", f"ovn_nb_connection = {remote}", f"ovn_sb_connection = {remote}"]
        lines += [f"ovn_{which}_{name} = {folder}/{file}" for which in ("nb", "sb") for name, file in files.items()]
        (file := folder / "neutrino.conf").write_text("\n".join(lines))
        return load(["--config-file", str(file)])

    async with ovsdb.northbound(configured("ca")) as client:
        await client.wait_connected(10)
        assert await client.transact([Select("NB_Global", (), ("_uuid",))]) == [[]]
    async with ovsdb.northbound(configured("stranger")) as client:
        async with asyncio.timeout(20):
            while "certificate verify failed" not in caplog.text:  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(0.02)
        with pytest.raises(NotConnected):
            await client.wait_connected(0.4)

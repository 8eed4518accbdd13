"""A certificate for localhost, made when it is first needed: gRPC clients insist on TLS.

One a process: gRPC reads `GRPC_DEFAULT_SSL_ROOTS_FILE_PATH` once, so that all servers of a
process must be trusted by the same file. It is its own authority and good for a week.
"""

from __future__ import annotations

import atexit
import ipaddress
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificate:
    """Chain and key in PEM; `path` holds the chain, for those who must trust it."""

    chain: bytes
    key: bytes
    path: Path


@cache
def certificate() -> Certificate:
    """This process's certificate for localhost and 127.0.0.1; its folder goes with the process."""
    key = ec.generate_private_key(ec.SECP256R1())
    chain = _signed(key).public_bytes(serialization.Encoding.PEM)
    folder = Path(tempfile.mkdtemp(prefix="perfbot-tls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "roots.pem"
    path.write_bytes(chain)
    os.chmod(path, 0o600)  # noqa: PTH101
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Certificate(chain, private, path)


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "perfbot local platforms")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )

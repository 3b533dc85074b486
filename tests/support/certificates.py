"""Certificates that a test makes: an authority, and what it signs."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files in PEM: the key, the certificate, and both in one, as Kafka wants them."""

    key: Path
    certificate: Path
    both: Path


class Authority:
    """Signs certificates that whoever trusts `certificate` believes."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        signed = _unsigned(self._name, self._name, self._key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.certificate = folder / f"{name}.pem"
        self.certificate.write_bytes(_pem(signed.sign(self._key, hashes.SHA256())))

    def server(self, *hosts: str) -> Certificate:
        """For a server of these names."""
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        return self._signed(hosts[0], names)

    def client(self, name: str) -> Certificate:
        """For a client, who is known to servers by this name."""
        return self._signed(name, None)

    def _signed(self, name: str, names: x509.SubjectAlternativeName | None) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        unsigned = _unsigned(subject, self._name, key.public_key())
        if names is not None:
            unsigned = unsigned.add_extension(names, critical=False)
        key_pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        certificate_pem = _pem(unsigned.sign(self._key, hashes.SHA256()))
        files = [self._folder / f"{name}.{ending}" for ending in ("key", "crt", "both.pem")]
        for file, content in zip(files, (key_pem, certificate_pem, key_pem + certificate_pem), strict=True):
            file.write_bytes(content)
            file.chmod(0o600)  # libpq and Postgres want keys closed to others
        return Certificate(*files)


def _unsigned(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), now - _A_DAY, now + _A_DAY)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)

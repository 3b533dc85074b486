"""A broker that lets in whom it knows: TLS, passwords, client certificates and access rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion

from ledgerstream.embedded import broker_config, kafka, ports
from ledgerstream.embedded.kafka import KafkaServer
from ledgerstream.embedded.wheels import WHEELS
from tests.support.certificates import Authority, Certificate

_LISTENERS = """
listeners=BROKER://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller},{more}
advertised.listeners=BROKER://127.0.0.1:{broker},{advertised}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,PASSWORD:SASL_SSL,CERTIFICATE:SSL,MISNAMED:SASL_SSL
ssl.principal.mapping.rules=RULE:^CN=(.*)$/$1/
ssl.truststore.type=PEM
ssl.truststore.location={authority}
ssl.keystore.type=PEM
ssl.keystore.location={server}
listener.name.misnamed.ssl.keystore.type=PEM
listener.name.misnamed.ssl.keystore.location={misnamed}
listener.name.certificate.ssl.client.auth=required
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.password.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.misnamed.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""


@dataclass(frozen=True, slots=True)
class SecuredBroker:
    """One broker, by four doors. Through `open` everything is allowed: it is the administrator's.

    `password` asks for a user's, over TLS; `certificate` for a client's, instead; `misnamed` shows a certificate of
    another host. `authority` has signed what is right.
    """

    open: str
    password: str
    certificate: str
    misnamed: str
    authority: Authority


@contextmanager
def secured_broker(folder: Path) -> Iterator[SecuredBroker]:
    """Start one; `folder` is for its files."""
    for wheel in WHEELS.values():
        pytest.importorskip(wheel)
    authority = Authority(folder, "authority")
    doors = dict(zip(("PASSWORD", "CERTIFICATE", "MISNAMED"), ports.choose(3), strict=True))
    told = broker_config.broker_properties
    server, misnamed = authority.server("localhost", "127.0.0.1"), authority.server("elsewhere.example")

    def properties(log_dir: str, broker_port: int, controller_port: int) -> str:
        return told(log_dir, broker_port, controller_port) + _listeners(
            doors, broker_port, controller_port, authority, server, misnamed
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kafka, "broker_properties", properties)
        broker = KafkaServer(folder / "kafka")
        try:
            address = broker.start()
            addresses = {name.lower(): f"localhost:{port}" for name, port in doors.items()}
            yield SecuredBroker(open=address, authority=authority, **addresses)
        finally:
            broker.stop()


def _listeners(
    doors: dict[str, int],
    broker: int,
    controller: int,
    authority: Authority,
    server: Certificate,
    misnamed: Certificate,
) -> str:
    return _LISTENERS.format(
        broker=broker,
        controller=controller,
        more=",".join(f"{name}://127.0.0.1:{port}" for name, port in doors.items()),
        advertised=",".join(f"{name}://localhost:{port}" for name, port in doors.items()),
        authority=authority.certificate,
        server=server.both,
        misnamed=misnamed.both,
    )


def add_user(broker: SecuredBroker, name: str, password: str) -> None:
    """Let a user in by password."""
    admin = AdminClient({"bootstrap.servers": broker.open})
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    [added] = admin.alter_user_scram_credentials([UserScramCredentialUpsertion(name, info, password.encode())]).values()
    added.result()

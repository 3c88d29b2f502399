"""A SAML identity provider of its own: pysaml2 behind a small server, for pysaml2.ts.

It prints its address, and ends when its input does. What tests tell it comes by POST /trust (metadata of a console) and
POST /know (a person as JSON, see SamlPerson in saml.ts). Attributes go by the names that are usual, like urn:oid:2.5.4.42.
"""

import json
import sys
import tempfile
import threading
from base64 import b64encode
from datetime import datetime, timedelta, timezone
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.assertion import Policy
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_EMAILADDRESS, NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.sigver import get_xmlsec_binary
from saml2.time_util import instant
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

FORMATS = {"persistent": NAMEID_FORMAT_PERSISTENT, "emailAddress": NAMEID_FORMAT_EMAILADDRESS}
ATTRIBUTES = {"email": ("mail", "email"), "first_name": ("givenName", "firstName"), "last_name": ("sn", "lastName")}
AUTHN = {"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"}


def make_key(folder, ends):
    """Files with a key and a certificate for it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pysaml2 of the tests")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    begins = datetime.now(timezone.utc) - timedelta(minutes=1)
    certificate = builder.not_valid_before(begins).not_valid_after(ends).sign(key, hashes.SHA256())
    pem, kind, open_ = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, kind, open_))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))


class Answer(Policy):
    """What an assertion about one person is good for, and for how long."""

    def __init__(self, person):
        super().__init__()
        self.person = person

    def get_lifetime(self, _sp):
        return {"minutes": -15 if self.person["expired"] else 5}

    def conditions(self, sp):
        conditions = super().conditions(self.person["audience"] or sp)
        if self.person["expired"]:
            conditions.not_before = instant(time_stamp=int(datetime.now().timestamp()) - 1200)
        return conditions


class IdentityProvider:
    def __init__(self, url, folder):
        self.url, self.folder = url, folder
        self.trusted, self.people = [], {}
        self.server = None
        self.begin()

    def begin(self):
        """With what is known by now: pysaml2 reads the metadata of others at its start only."""
        self.config = IdPConfig().load(
            {
                "entityid": f"{self.url}/metadata",
                "service": {
                    "idp": {
                        "endpoints": {"single_sign_on_service": [(f"{self.url}/sso", BINDING_HTTP_REDIRECT)]},
                        "name_id_format": list(FORMATS.values()),
                        "want_authn_requests_signed": False,
                    }
                },
                "metadata": {"inline": self.trusted},
                "key_file": str(self.folder / "key.pem"),
                "cert_file": str(self.folder / "certificate.pem"),
                "xmlsec_binary": get_xmlsec_binary(),
            }
        )
        self.server = Server(config=self.config)

    def metadata(self):
        return str(entity_descriptor(self.config)).encode()

    def read(self, request):
        """The request, and where its answer goes; pysaml2 refuses what is not of a trusted console or not for this place."""
        message = self.server.parse_authn_request(request, BINDING_HTTP_REDIRECT).message
        return self.server.response_args(message, [BINDING_HTTP_POST])

    def response(self, to, person):
        said = {name: person[ours] for asked, (name, ours) in ATTRIBUTES.items() if asked not in person["without"]}
        signs_response = person["signed"] == "response"
        return self.server.create_authn_response(
            said,
            in_response_to=to["in_response_to"],
            destination=to["destination"],
            sp_entity_id=to["sp_entity_id"],
            name_id=NameID(format=FORMATS[person["nameIdFormat"]], text=person["nameId"]),
            authn=AUTHN,
            release_policy=Answer(person),
            sign_response=signs_response,
            sign_assertion=not signs_response,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
        )


def page(title, body):
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><script>document.body.dataset.scripts = "run";</script><main><h1>{title}</h1>{body}</main></body></html>""".encode()


def hidden(**values):
    return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in values.items())


class Door(BaseHTTPRequestHandler):
    idp: IdentityProvider

    def do_GET(self):
        path, query = urlsplit(self.path).path, self.fields(urlsplit(self.path).query)
        if path == "/metadata":
            self.reply(200, self.idp.metadata(), "application/samlmetadata+xml")
        elif path == "/sso":
            self.idp.read(query["SAMLRequest"])
            self.ask(query)
        else:
            self.reply(404, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/trust":
            self.idp.trusted.append(body)
            self.idp.begin()
            self.reply(204, b"")
        elif self.path == "/know":
            person = json.loads(body)
            self.idp.people[person["email"]] = person
            self.reply(204, b"")
        elif self.path == "/sso":
            self.answer(self.fields(body))
        else:
            self.reply(404, b"")

    def ask(self, kept, said=""):
        fields = hidden(SAMLRequest=kept["SAMLRequest"], RelayState=kept.get("RelayState", ""))
        body = f"""{said}<form method="post" action="/sso">{fields}
<p><label>Email <input name="email" type="email"></label></p><p><button>Sign in</button></p></form>"""
        self.reply(422 if said else 200, page("Sign in to your company", body))

    def answer(self, form):
        to = self.idp.read(form["SAMLRequest"])
        person = self.idp.people.get(form.get("email", ""))
        if person is None:
            return self.ask(form, '<p role="alert">We do not know this address.</p>')
        response = b64encode(str(self.idp.response(to, person)).encode()).decode()
        fields = hidden(SAMLResponse=response, RelayState=form.get("RelayState", ""))
        # It sends itself where scripts run; the button is for everybody else.
        body = f"""<form method="post" action="{escape(to["destination"])}">{fields}<p><button>Continue</button></p></form>
<script>document.forms[0].submit();</script>"""
        return self.reply(200, page("Signing in", body))

    @staticmethod
    def fields(text):
        return {name: values[0] for name, values in parse_qs(text).items()}

    def reply(self, status, body, kind="text/html; charset=utf-8"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    with tempfile.TemporaryDirectory(prefix="usher-pysaml2-") as name:
        folder = Path(name)
        make_key(folder, datetime.fromisoformat(sys.argv[1]))
        with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
            url = f"http://127.0.0.1:{server.server_port}"
            Door.idp = IdentityProvider(url, folder)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            certificate = (folder / "certificate.pem").read_text()
            print(json.dumps({"url": url, "certificate": certificate}), flush=True)
            sys.stdin.read()
            server.shutdown()


main()

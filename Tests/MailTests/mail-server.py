"""A mail server that prints what it takes as one line of JSON, with or without TLS and a login.

usage: mail-server.py MODE CERTIFICATE KEY     MODE: none, starttls, tls, login (starttls with a login), full (refuses)
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import AuthResult, SMTP

mode, certificate, key = sys.argv[1:4]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == "full":
            return "552 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None or mode == "tls",
            "user": session.auth_data.login.decode() if session.auth_data else None,
            "data": envelope.content.decode("ascii"),
        }), flush=True)
        return "250 taken"


class Login:
    def __call__(self, server, session, envelope, mechanism, data):
        return AuthResult(
            success=data.login == b"agent" and data.password == b"pass word", handled=False, auth_data=data)


context = None
if mode in ("starttls", "tls", "login"):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)


def session():
    return SMTP(
        Handler(), hostname="localhost", tls_context=context if mode in ("starttls", "login") else None,
        require_starttls=mode in ("starttls", "login"), auth_required=mode == "login",
        authenticator=Login() if mode == "login" else None)


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends with whoever started it.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(serve())

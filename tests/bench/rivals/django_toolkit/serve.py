"""django-oauth-toolkit on gunicorn with SQLite and one client that acts for itself; a folder is the argument.

Prints where it is reached and how. Its client's secret is kept plain: the PBKDF2 of its default would be all that
is measured.
"""

import json
import secrets
import socket
import sys
from pathlib import Path

import django  # type: ignore[import-not-found]
from django.conf import settings  # type: ignore[import-not-found]
from django.core.management import call_command  # type: ignore[import-not-found]
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]


def configure(folder: Path) -> None:
    """Set Django up for one database in ``folder``, with no middleware but what sets the length."""
    settings.configure(
        SECRET_KEY=secrets.token_urlsafe(32),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="oauth2_provider.urls",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "rival.sqlite3",
                "CONN_MAX_AGE": None,
                "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL", "transaction_mode": "IMMEDIATE"},
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        OAUTH2_PROVIDER={"SCOPES": {"beats.read": "Browse", "introspection": "Introspect"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGGING_CONFIG=None,
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def main() -> None:
    """Serve on a free port of this machine until terminated."""
    configure(Path(sys.argv[1]))
    from django.core.wsgi import get_wsgi_application  # type: ignore[import-not-found]
    from oauth2_provider.models import Application  # type: ignore[import-not-found]

    secret = secrets.token_urlsafe(32)
    Application.objects.create(
        client_id="bench", client_secret=secret, hash_client_secret=False, name="bench",
        client_type=Application.CLIENT_CONFIDENTIAL, authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )  # fmt: skip
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    told = {
        "base_url": f"http://127.0.0.1:{listening.getsockname()[1]}", "client_id": "bench", "client_secret": secret,
        "token": "/token/", "introspect": "/introspect/",
    }  # fmt: skip
    print(json.dumps(told), flush=True)
    options = {
        "bind": f"fd://{listening.fileno()}", "workers": 1, "worker_class": "gthread", "threads": 8, "keepalive": 300,
        "loglevel": "error",
    }  # fmt: skip

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> object:
            return get_wsgi_application()

    Server().run()


if __name__ == "__main__":
    main()

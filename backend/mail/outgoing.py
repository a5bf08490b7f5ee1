"""The mail extension, shared by the application and what sends."""

from __future__ import annotations

from flask_mail import Mail

mail = Mail()

from datetime import UTC, datetime

from flask import Flask

from backend.mail.letter import Letter
from backend.mail.outgoing import mail


def test_a_long_link_in_a_header_stays_as_it_is():
    app = Flask("letter")
    app.config["MAIL_DEFAULT_SENDER"] = "Job Tracker <jobs@example.org>"
    mail.init_app(app)
    link = f"<https://jobs.example.org/api/unsubscribe/{'a' * 120}>"
    with app.app_context():
        letter = Letter(
            to="a@example.org",
            subject="One",
            text="t",
            html="<p>t</p>",
            message_id="<1@example.org>",
            date=datetime(2026, 5, 4, tzinfo=UTC),
            headers={"List-Unsubscribe": link},
        )
        assert f"List-Unsubscribe: {link}\r\n".encode() in letter.content

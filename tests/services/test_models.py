from backend.models import Company


def test_times_come_back_aware_and_in_utc(session, now):
    session.add(Company(slug="acme", name="Acme", created_at=now))
    session.commit()
    session.expire_all()
    assert session.query(Company).one().created_at == now

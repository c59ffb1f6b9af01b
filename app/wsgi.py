"""What gunicorn serves: `gunicorn app.wsgi:application`."""

from app.settings import Settings
from app.web import create_app

application = create_app(Settings.from_env())

"""What gunicorn serves: `gunicorn app.wsgi:application`. It refuses a database that could mix enti."""

import gc
import sys

from app import logs
from app.database import provision
from app.observe import spans
from app.settings import SettingRefused, Settings
from app.startup import StartupRefused
from app.web import create_app

HALT = 3  # gunicorn ends at this code; at any other it would start the worker again for ever

try:
    settings = Settings.from_env()
    if settings.database_url is None:
        raise SettingRefused("DATABASE_URL", "manca: solo «percorsi run» avvia un database suo.")
    provision.check(settings.database_url)
except StartupRefused as refused:
    print(refused, file=sys.stderr)
    raise SystemExit(HALT) from refused

application = create_app(settings)
logs.take_over()
spans.configure("web")

# What is loaded now stays. Looked through again for what nobody needs, it stopped all threads for a tenth of a second
# once in a thousand requests.
gc.collect()
gc.freeze()

"""The one SQLAlchemy object of the application; its tables share the engine's metadata."""

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase

from engine.tables import metadata


class Base(DeclarativeBase):
    metadata = metadata


db = SQLAlchemy(model_class=Base)

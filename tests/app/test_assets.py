"""The hashed names of the static files."""

import pytest
from flask import Flask

from app import assets


@pytest.fixture
def manifest(tmp_path):
    (tmp_path / "manifest.json").write_text(
        '{"src/visore.js": {"file": "assets/visore-a1.js", "css": ["assets/visore-b2.css"]}}'
    )
    return assets.Manifest(tmp_path)


def test_a_template_gets_the_hashed_address_and_the_sheets_of_a_script(manifest):
    # given
    app = Flask(__name__)
    assets.init_app(app, manifest)
    # when
    with app.test_request_context():
        known = app.jinja_env.globals
        script, sheets = known["asset"]("visore.js"), known["asset_styles"]("visore.js")
    # then
    assert script == "/static/dist/assets/visore-a1.js"
    assert sheets == ["/static/dist/assets/visore-b2.css"]


def test_a_missing_build_says_how_to_make_it(tmp_path):
    with pytest.raises(assets.AssetsMissing, match="npm run build"):
        assets.Manifest(tmp_path).entry("percorsi.js")


def test_an_unknown_entry_is_named(manifest):
    with pytest.raises(assets.AssetsMissing, match="altro.js"):
        manifest.entry("altro.js")

"""The dashboard and its reports in a real browser: drawn, no error, no request beyond this machine."""

import os
import shutil
import socket
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from browser import Browser, missing, serving
from published_copies import HOSTILE

from kardashev.dashboard import report
from kardashev.dashboard.published import Published

pytest.importorskip("streamlit", reason="`make dashboard` installs Streamlit")
pytest.importorskip("selenium", reason="the development environment has Selenium")
if missing():
    pytest.skip(f"no {missing()} here: .ci/browser could not install it", allow_module_level=True)

PAGES = ("", "model", "round", "fund", "diagnostics", "replay")
PICTURED = {"leaderboard": "", "model": "model?model=bruno_rebound", "fund": "fund"}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.driver.quit()


@pytest.fixture(scope="module")
def site(tmp_path_factory, played):
    """A dashboard over a path, and a function that publishes another copy there, as a build does."""
    path = tmp_path_factory.mktemp("site") / "published.duckdb"

    def publish(copy):
        shutil.copy(copy, path.with_suffix(".next"))
        path.with_suffix(".next").replace(path)

    publish(played)
    with serving(path) as address:
        yield address, publish


def is_clean(browser):
    return browser.complaints() == [] and browser.requests_elsewhere() == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_draws_a_table_and_a_chart(browser, site, played, page):
    address, publish = site
    publish(played)
    browser.see(f"{address}/{page}")
    assert is_clean(browser)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_hostile_names_as_text(browser, site, hostile, page):
    address, publish = site
    publish(hostile)
    model = f"?model={quote(HOSTILE[0])}" if page in ("model", "diagnostics") else ""
    browser.see(f"{address}/{page}{model}")
    assert is_clean(browser)
    injected = "return document.querySelectorAll('[src*=evil], [href*=evil], [onerror]').length"
    assert browser.driver.execute_script(injected) == 0


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_an_empty_copy_says_what_to_do(browser, site, empty, page):
    address, publish = site
    publish(empty)
    browser.see(f"{address}/{page}", tables=0, charts=0, notes=1)
    assert "run dbt build, and reload" in browser.text()
    assert is_clean(browser)


def test_a_new_publication_shows_at_a_reload(browser, site, empty, played):
    address, publish = site
    publish(empty)
    browser.see(address, tables=0, charts=0, notes=1)
    publish(played)
    browser.driver.refresh()
    browser.wait_drawn()
    assert "holds no round yet" not in browser.text()


def test_a_filter_survives_a_reload(browser, site, played):
    address, publish = site
    publish(played)
    asked = "?board=accounts&score=tc&over=all_time&search=_1"
    browser.see(address + "/" + asked)
    browser.driver.refresh()
    browser.wait_drawn()
    held = parse_qs(urlsplit(browser.driver.current_url).query)
    assert {k: held[k] for k in ("board", "score", "over", "search")} == {
        k: v for k, v in parse_qs(asked[1:]).items()
    }
    assert "All time" in browser.text() or "all time" in browser.text()


def test_a_row_of_the_leaderboard_opens_its_model(browser, site, played):
    from selenium.webdriver import ActionChains

    address, publish = site
    publish(played)
    browser.see(address)
    grid = browser.driver.find_element("css selector", "[data-testid=stDataFrame] canvas")
    size = grid.size  # offsets count from the middle; the first row is below the head
    ActionChains(browser.driver).move_to_element_with_offset(
        grid, 16 - size["width"] // 2, 52 - size["height"] // 2
    ).click().perform()
    browser.wait(lambda: "/model?" in browser.driver.current_url)
    browser.wait_drawn()
    assert parse_qs(urlsplit(browser.driver.current_url).query)["model"][0].startswith("model_")
    assert is_clean(browser)


def test_a_downloaded_table_holds_no_formula(browser, site, hostile):
    address, publish = site
    publish(hostile)
    browser.see(address)
    browser.driver.find_element("css selector", "[data-testid=stDownloadButton] button").click()
    path = browser.downloads / "leaderboard_models.csv"
    browser.wait(path.exists)
    text = path.read_text()
    assert text.startswith("rank,")
    assert "'=cmd|" in text
    assert ",=cmd|" not in text
    hidden = "[data-testid=stElementToolbar] button[aria-label='Download as CSV']"
    for button in browser.driver.find_elements("css selector", hidden):
        assert not button.is_displayed()


def test_it_listens_on_this_machine_only(site):
    port = urlsplit(site[0]).port
    others = {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None)}
    for other in others - {"127.0.0.1", "::1"}:
        family = socket.AF_INET6 if ":" in other else socket.AF_INET
        with socket.socket(family) as caller:
            caller.settimeout(2)
            assert caller.connect_ex((other, port)) != 0


@pytest.mark.parametrize("what", ["model", "round", "fund"])
def test_reports_open_offline(browser, hostile, tmp_path, what):
    published = Published(hostile)
    made = {
        "model": lambda: report.model_report(published, HOSTILE[0]),
        "round": lambda: report.round_report(published, 110),
        "fund": lambda: report.fund_report(published),
    }[what]()
    path = tmp_path / "report.html"
    report.write_html(made, path)
    browser.driver.get(path.as_uri())
    assert browser.driver.execute_script("return document.querySelectorAll('svg').length") >= 5
    assert browser.driver.execute_script("return document.querySelectorAll('table').length") >= 6
    assert is_clean(browser)


def test_pictures(browser):
    """Of a built demo, for README and docs: KARDASHEV_PICTURES says into which folder."""
    folder, published = os.environ.get("KARDASHEV_PICTURES"), os.environ.get("KARDASHEV_PUBLISHED")
    if not (folder and published):
        pytest.skip("KARDASHEV_PICTURES and KARDASHEV_PUBLISHED say where to, and of what")
    browser.driver.set_window_size(1200, 900)
    with serving(published) as address:
        for name, page in PICTURED.items():
            browser.see(f"{address}/{page}")
            path = Path(folder) / f"{name}.png"
            browser.driver.save_screenshot(str(path))
            assert path.stat().st_size < 200_000

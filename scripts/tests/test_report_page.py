"""The HTML report in a real browser: Debian's chromium, chromium-driver and python3-selenium.

scripts/setup does not install these; where they are missing, these tests are skipped.
"""

import shutil

import pytest
from fake_project import report, result
from interim_report import brief
from report_fixtures import MARKUP, failed, hostile, mutants, write

webdriver = pytest.importorskip("selenium.webdriver", reason="python3-selenium is not installed")
service = pytest.importorskip("selenium.webdriver.chrome.service")
waits = pytest.importorskip("selenium.webdriver.support.ui")
pytestmark = pytest.mark.skipif(not shutil.which("chromedriver"), reason="chromium-driver is not installed")

OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1300,1000"]


def targets():
    """A good server, a bad one over two pairs of versions, and a proxy."""
    good, bad, proxy = (
        report(result("forward/102-then-200"), result("head/102"), *codes("pass")),
        report(failed(), failed("forward/102-then-200", front="h2", outcome="hang"), result("head/102", "info", level="MAY"), *codes("fail")),
        report(result("forward/102-then-200", level="MUST"), failed("head/102", "warn", level="SHOULD")),
    )
    good["target"] |= {"name": "good", "version": "1"}
    bad["target"] |= {"name": "bad", "version": "2"}
    proxy["target"] |= {"name": "fwd", "version": "3", "seat": "proxy"}
    return good, bad, proxy


def codes(verdict):
    if verdict == "pass":
        return [result(f"forward/any-code:{code}") for code in (102, 104, 105)]
    return [result("forward/any-code:102"), failed("forward/any-code:104"), failed("forward/any-code:105")]


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=service.Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


class Page:
    """A report in a browser, and what a reader does with it."""

    def __init__(self, browser, path):
        self.browser, self.path = browser, path

    def open(self, address=""):
        self.browser.get("about:blank")
        self.browser.get(f"file://{self.path}{address}")
        self.find("h1")

    def find(self, selector):
        return self.wait(lambda: self.all(selector))[0]

    def all(self, selector):
        return self.browser.find_elements("css selector", selector)

    def texts(self, selector):
        return [element.text for element in self.all(selector)]

    def wait(self, condition):
        return waits.WebDriverWait(self.browser, 10).until(lambda _: condition())

    def run(self, script):
        return self.browser.execute_script(f"return {script}")

    def assert_quiet(self):
        """No error was logged, and nothing was asked of any network."""
        assert self.browser.get_log("browser") == []
        assert self.run("performance.getEntriesByType('resource').length") == 0


@pytest.fixture
def page(browser, root, build, run, tmp_path):
    """Make a report of documents and open it; it must have been quiet in the end."""
    made = []

    def page(*documents, bugs=None):
        files = [write(tmp_path / f"result-{i}.json", document) for i, document in enumerate(documents)]
        path = tmp_path / "report.html"
        options = ["--mutants", write(tmp_path / "mutants.json", bugs)] if bugs else []
        done = run(root / "scripts/report", "html", "--program", build / "interim", "-o", path, *options, *files)
        assert (done.returncode, done.stderr) == (0, "")
        made.append(Page(browser, path))
        made[0].open()
        return made[0]

    yield page
    made[0].assert_quiet()


def test_groups_open_and_cells_lead_to_their_case(page):
    shown = page(*targets())
    assert shown.texts("tbody th button .name") == ["forward", "head"]
    assert shown.texts("tr.group:first-child td")[:2] == ["PASS\nall 4", "FAIL\n3 of 4"]
    shown.find("button[data-group=forward]").click()
    cell = shown.find("td.v-fail a")
    assert cell.text == "FAIL\ndropped"
    cell.click()
    assert shown.find(".cell h2").text == "At bad 2, h1/h1"
    assert shown.run("document.activeElement.tagName") == "H1"
    facts = shown.find(".facts").text
    for words in ("FAIL dropped", "RFC9110-15.2-4, MUST", "Why nothing less strict fits", "What it does to users", "line 9"):
        assert words in facts
    assert shown.find(".command").text == "interim run forward/102-then-200"
    shown.wait(lambda: len(shown.all("svg.sequence")) == 2)
    assert shown.texts("svg.sequence .lost .label") == ["102"]
    assert "nothing came" in shown.texts("svg.sequence")[1] and "251 ms" in shown.texts("svg.sequence")[1]
    assert len(shown.all(".transcript tbody tr")) == 6
    assert [a.get_attribute("href") for a in shown.all(".requirement a")][0].startswith("https://www.rfc-editor.org/")
    # The number that the reason names stands in the case, before the step that is meant.
    number = shown.run("[...document.querySelectorAll('pre .number')].find(n => n.nextSibling.data.startsWith('client  sees   102')).dataset.number")
    assert number == "9"
    shown.browser.back()
    assert shown.find("h2").text == "Targets"


def test_permalinks_lead_to_cell_case_and_target(page):
    shown = page(*targets())
    for address, heading in (
        ("#case/forward/any-code@bad-2~h1-h1", "An interim response with any code but 101 is passed on by its class"),
        ("#case/forward/any-code", "An interim response with any code but 101 is passed on by its class"),
        ("#target/bad-2~h2-h1", "bad 2"),
        ("#case/no/such-case", "Not in this report"),
        ("#case/forward/any-code@nobody", "An interim response with any code but 101 is passed on by its class"),
        ("#%E0%A4%A", "Not in this report"),
    ):
        shown.open(address)
        assert shown.find("h1").text == heading, address


def test_values_of_a_parameter_can_be_chosen(page):
    shown = page(*targets())
    shown.open("#case/forward/any-code@bad-2~h1-h1")
    assert shown.texts("#entry option") == ["104: FAIL dropped", "105: FAIL dropped", "102: PASS forwarded"]
    shown.all("#entry option")[2].click()
    shown.wait(lambda: "What passed has no transcript." in shown.find(".entry").text)
    assert shown.texts("svg.sequence .plain .label") == ["GET", "102", "102", "200", "200"]


@pytest.mark.parametrize(
    ("address", "found", "cells"),
    [
        ("#matrix?verdict=fail", "2 of 3 cases, 4 of 4 columns", ["FAIL dropped", "FAIL hang", "FAIL dropped 2 of 3"]),
        ("#matrix?verdict=warn,info", "1 of 3 cases, 4 of 4 columns", ["INFO forwarded", "WARN dropped"]),
        ("#matrix?seat=proxy&level=SHOULD", "1 of 3 cases, 1 of 4 columns", ["WARN dropped"]),
        ("#matrix?pair=h2%2Fh1&text=hang", "1 of 3 cases, 1 of 4 columns", ["FAIL hang"]),
        ("#matrix?text=any-code", "1 of 3 cases, 4 of 4 columns", ["PASS forwarded", "FAIL dropped 2 of 3"]),
        ("#matrix?text=zebra", "0 of 3 cases, 4 of 4 columns", []),
    ],
)
def test_filters_have_addresses(page, address, found, cells):
    shown = page(*targets())
    shown.open(address)
    assert shown.find(".found").text == found
    assert [text.replace("\n", " ") for text in shown.texts("td a")] == cells


def test_a_filter_leaves_the_share_of_all_results(page):
    shown = page(*targets())
    shown.open("#matrix?verdict=fail&text=any-code")
    assert shown.texts("tr.group td") == ["", "FAIL\n2 of 4", "", ""]


def test_filters_work_by_hand_and_are_kept(page):
    shown = page(*targets())
    shown.find("#filter-text").send_keys("hang")
    shown.wait(lambda: shown.find(".found").text.startswith("1 of 3 cases"))
    shown.find("#filter-fail").click()
    assert shown.run("location.hash") == "#matrix?text=hang&verdict=fail"
    assert shown.run("document.getElementById('status').textContent").startswith("1 of 3 cases")
    shown.find("td a").click()
    shown.find(".crumbs a").click()
    assert shown.find("#filter-text").get_attribute("value") == "hang"
    next(button for button in shown.all(".filters button") if button.text == "Clear filters").click()
    assert shown.find(".found").text.startswith("3 of 3 cases")


def test_target_page_tells_faults_and_profile(page):
    good, bad, proxy = targets()
    bad["profile"] = {"max_interims": 17}
    shown = page(good, bad, proxy)
    shown.open("#target/bad-2~h1-h1")
    assert "3 results" in shown.find(".faults").text
    assert "Interim responses before one final, most that passed 17" in shown.find("main").text
    assert "None was found." not in shown.find("main").text
    shown.open("#target/good-1~h1-h1")
    assert "None was found." in shown.find("main").text


def test_hostile_text_stays_text(page):
    shown = page(hostile())
    address = shown.find(".targets a").get_attribute("href").split("#")[1]
    for view in ("", "#matrix?verdict=fail", f"#{address}", f"#case/forward/102-then-200@{address.split('/')[1]}"):
        shown.open(view)
        shown.find("main")
        assert not shown.all("main img, main script"), view
        assert "owned" not in shown.browser.title.replace(MARKUP, ""), view
        assert not shown.all("a[href^='javascript:']"), view
    shown.wait(lambda: shown.all(".transcript td"))
    assert MARKUP in shown.find(".transcript").text


def test_dark_and_light_follow_the_reader(page):
    shown = page(*targets())
    colours = set()
    for scheme in ("light", "dark"):
        shown.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        colours.add(shown.run("getComputedStyle(document.body).backgroundColor"))
    assert len(colours) == 2


@pytest.mark.parametrize("view", ["", "#matrix?verdict=fail", "#case/forward/102-then-200@bad-2~h1-h1", "#target/bad-2~h1-h1"])
def test_no_view_is_wider_than_a_phone(page, view):
    shown = page(*targets())
    metrics = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    shown.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        shown.open(view)
        shown.find("main h1")
        assert shown.run("document.documentElement.scrollWidth") == 360
    finally:
        shown.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_bugs_that_a_case_catches_are_shown(page):
    good, bad, proxy = targets()
    shown = page(good, bad, proxy, bugs=mutants())
    shown.find("a[href='#bugs']").click()
    assert shown.find("h1").text == "Bugs that the cases catch"
    assert shown.texts("tbody td.number") == ["2", "1"]
    assert not shown.all("main img, main script") and MARKUP in shown.find("main").text
    shown.find("a[href='#bug/loses-104']").click()
    assert shown.find("h1").text == "loses-104"
    rows = ["forward/any-code FAIL taken-as-final", "forward/102-then-200 WARN hang"]
    assert [" ".join(text.split()[:3]) for text in shown.texts("tbody tr")] == rows
    shown.find("tbody a").click()
    assert "1 named bug of the reference peers that this case notices." in shown.find("main").text
    shown.open("#case/head/102")
    assert "No named bug of the reference peers makes this case fail." in shown.find("main").text


def test_a_brief_result_file_has_the_same_page_without_what_it_leaves_out(page):
    good, bad, proxy = (brief.condense(document) for document in targets())
    shown = page(good, bad, proxy)
    assert shown.texts("tr.group:first-child td")[:2] == ["PASS\nall 4", "FAIL\n3 of 4"]
    shown.open("#case/forward/102-then-200@bad-2~h1-h1")
    shown.wait(lambda: len(shown.all("svg.sequence")) == 2)
    assert len(shown.all(".transcript tbody tr")) == 6
    shown.open("#case/forward/102-then-200@good-1~h1-h1")
    assert "what is required" in shown.find(".facts").text

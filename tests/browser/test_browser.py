"""A learner's quarter of an hour in a real JupyterLab: blank, wrong, right, picture, slider.

Needs Chromium (Debian: `apt-get install chromium`). Without it the test is skipped, except where
GPT2_REF_BROWSER_REQUIRED is set, as on CI.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

LESSON = "01_layer_norm.ipynb"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START = "import sys; from pathlib import Path; from gpt2_ref.course import lab; folder = Path(sys.argv[1]); \
lab.prepare_desk(folder); sys.exit(lab.start_lab(sys.argv[2:], folder))"

WRONG = """class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        variance = x.var(dim=-1, keepdim=True)
        return (x - mean) / torch.sqrt(variance + self.eps) * self.scale + self.shift
"""
RIGHT = WRONG.replace("x.var(dim=-1, keepdim=True)", "x.var(dim=-1, keepdim=True, correction=0)")


@pytest.fixture(scope="session", autouse=True)
def chromium():
    if CHROMIUM is None:
        reason = "no Chromium on this machine; on Debian: apt-get install chromium"
        assert not os.environ.get("GPT2_REF_BROWSER_REQUIRED"), reason
        pytest.skip(reason)


@pytest.fixture
def desk(tmp_path):
    return tmp_path / "a desk with spaces"


@pytest.fixture
def address(desk, tmp_path):
    """A JupyterLab on a fresh desk, started as `python -m gpt2_ref lab` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = tmp_path / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # Off-screen cells would otherwise be left out of the page.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}', encoding="utf-8")
    options = [
        "--no-browser",
        "--allow-root",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=learner",
        "--LabApp.expose_app_in_browser=True",
        f"--LabApp.user_settings_dir={tmp_path / 'settings'}",
        f"--LabApp.workspaces_dir={tmp_path / 'workspaces'}",
    ]
    log = (tmp_path / "lab.log").open("w+", encoding="utf-8")
    server = subprocess.Popen([sys.executable, "-c", START, str(desk), *options], stdout=log, stderr=log)
    try:
        yield wait_for(f"http://127.0.0.1:{port}", server, log)
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def wait_for(address: str, server: subprocess.Popen, log) -> str:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api/status?token=learner", timeout=5).close()
            return address
        except OSError:
            assert server.poll() is None, Path(log.name).read_text(encoding="utf-8")
            time.sleep(0.5)
    raise AssertionError(Path(log.name).read_text(encoding="utf-8"))


class Notebook:
    """The open notebook, by the ids of its cells."""

    def __init__(self, page):
        self.page = page

    def cell(self, name: str):
        """The cell with this id, scrolled to and made the active one."""
        index = self.page.evaluate(
            """name => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                const index = notebook.widgets.findIndex(cell => cell.model.id === name);
                if (index >= 0) notebook.activeCellIndex = index;
                return index;
            }""",
            name,
        )
        assert index >= 0, f"the notebook has no cell {name}"
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def ids(self) -> list[str]:
        return self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.id)"
        )

    def run_all(self) -> None:
        """Run all cells, up to the first error. The call returns when the kernel is done."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")

    def run(self, name: str) -> None:
        self.cell(name)
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")

    def type(self, name: str, text: str) -> None:
        """Replace the cell's text from the keyboard."""
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def output(self, name: str) -> str:
        return self.cell(name).locator(".jp-Cell-outputArea").inner_text()


@pytest.fixture
def notebook(address):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(90_000)
        page.goto(f"{address}/lab/tree/{LESSON}?token=learner")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        yield Notebook(page)
        browser.close()


def test_a_learner_goes_from_blank_to_wrong_to_right(notebook, desk):
    from playwright.sync_api import expect

    notebook.run_all()
    assert "GPT2LayerNorm: not written yet" in notebook.output("ln-check")
    assert notebook.page.locator(".jp-toast, .Toastify__toast").count() == 0

    notebook.type("ln-exercise", WRONG)
    notebook.run("ln-exercise")
    notebook.run("ln-check")
    assert "✗ GPT2LayerNorm: the variance is unbiased" in notebook.output("ln-check")

    notebook.type("ln-exercise", RIGHT)
    notebook.run("ln-exercise")
    notebook.run("ln-check")
    assert "✓ GPT2LayerNorm" in notebook.output("ln-check")
    assert (desk / "my_gpt2" / "GPT2LayerNorm.py").exists()

    notebook.run_all()
    picture = notebook.page.locator(".jp-OutputArea img[alt]").first
    assert picture.get_attribute("alt")
    assert picture.evaluate("image => image.naturalWidth") > 300

    widget = notebook.page.locator(".jp-OutputArea .jupyter-widgets:has(.noUi-handle):has(img)").first
    before, words = (widget.locator("img").get_attribute(name) for name in ("src", "alt"))
    handle = widget.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    handle.focus()
    for _ in range(3):
        handle.press("ArrowRight")
    image = widget.locator("img")
    expect(image).not_to_have_attribute("src", before, timeout=30_000)
    assert image.get_attribute("alt") != words
    assert image.evaluate("image => image.naturalWidth") > 300

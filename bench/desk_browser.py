"""The desk as a browser has it: what the first load costs, how soon an event shows, a long list that is scrolled."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bench.desk_centre import House

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
#: Milliseconds that anything may take on a busy machine.
PATIENCE = 120_000
LOADS, SHOWN = 5, 30
#: Notes when the first field that can be typed in, or the first work list, stands on the page.
_READY = """
new MutationObserver((_, me) => {
  if (document.querySelector('main, form input')) { window.interactive ??= performance.now(); me.disconnect() }
}).observe(document, {subtree: true, childList: true})
"""
_LONG = """
new PerformanceObserver(said => {
  (window.long ??= []).push(...said.getEntries().map(one => one.duration))
}).observe({type: 'longtask'})
"""
#: Sets the agent not ready, or ready, and tells how many ms after the answer the desk shows it; 0 where it was quicker.
_SHOW = """async ([agent, away, token]) => {
  const wanted = away ? '.presence-not_ready' : '.presence-ready'
  let shown = 0
  const seen = new Promise(done => {
    const look = () => {
      if (!document.querySelector(wanted)) return
      shown ||= performance.now()
      watch.disconnect()
      done()
    }
    const watch = new MutationObserver(look)
    watch.observe(document.body, {subtree: true, childList: true, attributes: true})
  })
  const answer = await fetch(`/api/agents/${agent}/force-${away ? 'not-ready' : 'ready'}`, {
    method: 'POST', body: JSON.stringify({reason: 'lunch'}),
    headers: {
      Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(),
    },
  })
  const acknowledged = performance.now()
  if (!answer.ok) throw new Error(await answer.text())
  await seen
  return Math.max(0, shown - acknowledged)
}"""
_SCROLL = """async () => {
  window.long = []
  const frame = document.querySelector('.queue .table-frame')
  const all = [frame, document.scrollingElement, document.querySelector('main')]
  const boxes = all.filter(box => box && box.scrollHeight > box.clientHeight)
  for (let step = 0; step < 60; step += 1) {
    for (const box of boxes) box.scrollTop = (box.scrollHeight * (step % 30)) / 30
    await new Promise(requestAnimationFrame)
  }
  await new Promise(done => setTimeout(done, 500))
  const rows = where => document.querySelectorAll(`${where} tbody tr`).length
  return [rows('.queue'), rows('main'), Math.max(0, ...window.long)]
}"""


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """The system's own browser. Raises `SystemExit` where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise SystemExit("no Chromium: install Debian's package `chromium`")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield opened
        finally:
            await opened.close()


async def _signed_in(opened: Browser, house: House, name: str) -> BrowserContext:
    context = await opened.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    secret = await house.session(name)
    await context.add_cookies([{"name": "trunkline", "value": secret, "url": house.url}])
    return context


async def first_load(opened: Browser, house: House) -> dict[str, Any]:
    """An agent's first visit with an empty cache, `LOADS` times over: bytes, ms until interactive, processor ms."""
    bytes_, interactive, busy = list[int](), list[float](), list[float]()
    for _ in range(LOADS):
        context = await _signed_in(opened, house, "agent0")
        page = await context.new_page()
        wire = await context.new_cdp_session(page)
        sizes = list[int]()
        wire.on("Network.loadingFinished", lambda said, sizes=sizes: sizes.append(int(said["encodedDataLength"])))
        await wire.send("Network.enable")
        await wire.send("Performance.enable")
        await page.add_init_script(_READY)
        await page.goto(f"{house.url}/desk/")
        await page.locator(".presence-ready, .presence-not_ready").wait_for()
        interactive.append(float(await page.evaluate("window.interactive")))
        metrics = {one["name"]: one["value"] for one in (await wire.send("Performance.getMetrics"))["metrics"]}
        busy.append(1_000 * float(metrics["TaskDuration"]))
        bytes_.append(sum(sizes))
        await context.close()
    return {
        "loads": LOADS,
        "kilobytes": round(max(bytes_) / 1_000, 1),
        "interactive_ms_median": round(median(interactive)),
        "interactive_ms_all": [round(one) for one in interactive],
        "browser_busy_ms_median": round(median(busy)),
    }


async def event_shown(opened: Browser, house: House) -> dict[str, Any]:
    """From the answer that acknowledges an event to the change on the agent's desk, by the browser's own clock."""
    context = await _signed_in(opened, house, "agent1")
    page = await context.new_page()
    await page.goto(f"{house.url}/desk/")
    await page.locator(".presence-ready, .presence-not_ready").wait_for()
    away = await page.locator(".presence-not_ready").count() > 0
    took = list[float]()
    for _ in range(SHOWN):
        away = not away
        took.append(float(await page.evaluate(_SHOW, ["agent1", away, house.tokens["supervisor0"]])))
    await context.close()
    return {
        "events": SHOWN,
        "shown_ms_median": round(median(took), 1),
        "shown_ms_largest": round(max(took), 1),
        "already_shown_when_acknowledged": sum(one == 0 for one in took),
    }


async def long_list(opened: Browser, house: House, waiting: int) -> dict[str, Any]:
    """A queue with so much waiting, opened by a supervisor and scrolled from end to end, twice."""
    context = await _signed_in(opened, house, "supervisor0")
    page: Page = await context.new_page()
    await page.add_init_script(_LONG)
    await page.goto(f"{house.url}/desk/floor")
    await page.locator(".queue-head").first.click()
    await page.locator(".queue tbody tr").first.wait_for()
    rows, on_the_page, longest = await page.evaluate(_SCROLL)
    await context.close()
    return {
        "waiting": waiting,
        "rows": rows,
        "rows_of_the_whole_page": on_the_page,
        "longest_task_ms": round(longest, 1),
    }

// What the demo's start page does by itself: fresh figures, the live tail, copying. All but the tail works without.
"use strict";

const EVERY = 2000;
const MOST = 200;

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  const said = button.firstChild.textContent;
  button.firstChild.textContent = button.dataset.copied;
  setTimeout(() => { button.firstChild.textContent = said; }, 1500);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button, button.parentElement.querySelector("code").textContent));
}

const day = document.querySelector("[data-day]");
if (day) {
  const form = day.querySelector("form");
  const [slower, pause, faster] = form.querySelectorAll("button");

  const show = (now) => {
    day.querySelector("[data-speed]").textContent = String(now.speed);
    day.querySelector("[data-paused]").hidden = !now.paused;
    slower.disabled = now.slowest;
    faster.disabled = now.fastest;
    pause.value = now.paused ? "go_on" : "pause";
    pause.textContent = now.paused ? pause.dataset.goOn : pause.dataset.pause;
    for (const one of day.querySelectorAll("[data-figure]")) {
      const value = now[one.dataset.figure];
      one.textContent = value === null ? "–" : one.dataset.figure === "in_time" ? `${value} %` : String(value);
    }
  };
  const ask = async (options) => {
    try {
      const answer = await fetch(day.dataset.day, { headers: { Accept: "application/json" }, ...options });
      if (answer.ok) show(await answer.json());
    } catch {
      // the demo has ended, or is busy: the figures stay as they were
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask({ method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)) });
  });
  setInterval(() => { if (!document.hidden) ask(); }, EVERY);
}

const filters = document.querySelector("[data-tail]");
if (filters) {
  const list = document.querySelector("[data-list]");
  const state = document.querySelector("[data-state]");
  const hold = filters.querySelector("[data-hold]");
  let source = null;
  let later = 0;

  // text is only ever text: nothing that a customer wrote becomes markup
  const add = (one) => {
    const curl = element("button", { type: "button", className: "second", textContent: list.dataset.copyLabel });
    curl.dataset.copied = list.dataset.copied;
    curl.addEventListener("click", () => copy(curl, one.curl));
    const { curl: _, ...shown } = one;
    const summary = element("summary", {},
      element("time", { dateTime: one.recorded_at, textContent: one.recorded_at.slice(11, 23) }),
      element("span", { className: "kind", textContent: one.type }),
      element("span", { className: "where", textContent: `${one.stream} · ${one.actor}` }));
    const details = element("details", {}, summary);
    details.addEventListener("toggle", () => {
      if (!details.querySelector("pre")) {
        details.append(element("pre", { tabIndex: 0, dir: "auto", textContent: JSON.stringify(shown, null, 2) }), curl);
      }
    });
    list.prepend(element("li", {}, details));
    while (list.children.length > MOST) list.lastChild.remove();
  };
  const say = (what) => { state.textContent = state.dataset[what]; };
  const follow = () => {
    if (source) source.close();
    list.replaceChildren();
    const query = new URLSearchParams(new FormData(filters));
    source = new EventSource(`${filters.dataset.tail}?${query}`);
    source.addEventListener("open", () => say("live"));
    source.addEventListener("error", () => say("lost"));
    source.addEventListener("message", (event) => add(JSON.parse(event.data)));
    hold.setAttribute("aria-pressed", "false");
  };
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(follow, 400);
  });
  hold.addEventListener("click", () => {
    if (hold.getAttribute("aria-pressed") === "true") return follow();
    source.close();
    hold.setAttribute("aria-pressed", "true");
    say("held");
  });
  follow();
}

// The chat page, live: what happens is told by server-sent events, what is typed is sent without leaving the page.
"use strict";

const chat = document.querySelector("[data-follow]");
const log = chat.querySelector("[role=log]");
const list = log.querySelector("ul");
const form = chat.querySelector("[data-say]");
const box = form.querySelector("textarea");
const failed = form.querySelector("[data-failed]");
const STATES = { joined: "talking", waiting: "waiting", ended: "ended", nobody: "ended" };

function show(state) {
  chat.dataset.state = state;
  for (const one of chat.querySelectorAll("[data-when]")) one.hidden = one.dataset.when !== state;
  for (const one of chat.querySelectorAll("[data-unless]")) one.hidden = one.dataset.unless === state;
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// text is only ever text: nothing that is said becomes markup
function add(line) {
  const item = element("li", { className: line.what });
  if (line.who) {
    const said = element("time", { dateTime: line.at, textContent: line.clock });
    item.append(element("p", { className: "meta" }, element("strong", { textContent: line.who }), " ", said));
  }
  item.append(element("p", { className: "text", dir: "auto", textContent: line.text }));
  list.append(item);
  log.scrollTop = log.scrollHeight;
  if (STATES[line.what]) show(STATES[line.what]);
}

log.scrollTop = log.scrollHeight;
if (chat.dataset.state !== "ended") {
  const events = new EventSource(chat.dataset.follow);
  events.addEventListener("message", (event) => {
    add(JSON.parse(event.data));
    if (chat.dataset.state === "ended") events.close();
  });
}

let sending = false;
form.addEventListener("submit", async (event) => {
  if (event.submitter?.name === "leave") return; // a plain form does that well
  event.preventDefault();
  const text = box.value.trim();
  if (!text || sending) return;
  sending = true;
  try {
    // the id stays the same until it is known to be there, so trying again says it once
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw new Error(String(answer.status));
    box.value = "";
    form.elements.id.value = crypto.randomUUID?.() ?? String(Date.now()) + String(Math.random()).slice(2);
    failed.hidden = true;
  } catch {
    failed.hidden = false;
  } finally {
    sending = false;
    box.focus();
  }
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button:not([name])"));
  }
});

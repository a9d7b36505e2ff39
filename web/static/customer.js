// What the customers' pages do better with a script, and do without one too.
"use strict";

// In a frame on another site: say how high this page is, that Escape was pressed, and nothing else.
if (window.parent !== window) {
  const tell = () => window.parent.postMessage({ trunklineHeight: document.body.offsetHeight }, "*");
  new ResizeObserver(tell).observe(document.body);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) window.parent.postMessage({ trunklineEscape: true }, "*");
  });
}

// A form that shows times is shown on the visitor's own clock, unless the address names one.
const clock = document.querySelector("[data-clock]");
if (clock && !new URLSearchParams(location.search).has("zone")) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (own && own !== clock.value && [...clock.options].some((one) => one.value === own)) {
    const address = new URL(location.href);
    address.searchParams.set("zone", own);
    location.replace(address);
  }
}
// Choosing another zone shows its times at once; choosing a time means wanting it.
clock?.addEventListener("change", () => document.querySelector("[name=show]").click());
document.querySelector("#window")?.addEventListener("change", () => { document.querySelector("#at").checked = true; });

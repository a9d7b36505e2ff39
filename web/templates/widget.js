/* Trunkline: a page of ours on your site. Attributes of the script tag: data-language, data-label, data-target. */
(function () {
  "use strict";
  var me = document.currentScript;
  if (!me) return;
  var words = {{ words | safe }};
  var wanted = [me.dataset.language, document.documentElement.lang].concat(navigator.languages || []);
  var language = wanted.map(function (one) { return String(one || "").slice(0, 2).toLowerCase(); })
    .filter(function (one) { return Object.hasOwn(words, one); })[0] || "en";
  var said = words[language];
  var page = new URL({{ path | tojson }}, me.src);
  page.search = new URLSearchParams({
    embedded: "1", lang: language, zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC"
  });
  var frame = null, target = me.dataset.target ? document.querySelector(me.dataset.target) : null;

  function styled(element, style) { Object.assign(element.style, style); return element; }

  function open(into, style) {
    frame = styled(document.createElement("iframe"), style);
    frame.src = page.href;
    frame.title = said.title;
    frame.referrerPolicy = "no-referrer";
    into.appendChild(frame);
  }

  var escaped = function () {};
  // our page tells how high it is and that Escape was pressed there, and nothing else is taken from it
  window.addEventListener("message", function (event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== page.origin) return;
    if (event.data && event.data.trunklineEscape === true) escaped();
    var height = Number(event.data && event.data.trunklineHeight);
    if (height > 0 && height < 20000) frame.style.height = Math.ceil(height) + "px";
  });

  function inside() { open(target, { width: "100%", height: "40rem", border: "0", colorScheme: "light dark" }); }

  function floating() {
    var button = styled(document.createElement("button"), {
      position: "fixed", right: "1rem", bottom: "1rem", zIndex: "2147483000", font: "600 1rem/1.2 system-ui, sans-serif",
      color: "#fff", background: "#1f5f5b", border: "0", borderRadius: "2rem", padding: ".9rem 1.4rem",
      cursor: "pointer", boxShadow: "0 .25rem 1rem rgba(0, 0, 0, .3)"
    });
    var panel = styled(document.createElement("div"), {
      position: "fixed", right: "1rem", bottom: "5rem", zIndex: "2147483000", width: "min(26rem, calc(100vw - 2rem))",
      maxHeight: "calc(100vh - 6rem)", overflow: "auto", borderRadius: "1rem", background: "Canvas",
      colorScheme: "light dark", boxShadow: "0 .5rem 2rem rgba(0, 0, 0, .35)", display: "none"
    });
    button.type = "button";
    function show(wanted) {
      if (wanted && !frame) open(panel, { display: "block", width: "100%", height: "32rem", border: "0" });
      panel.style.display = wanted ? "block" : "none";
      button.textContent = wanted ? said.close : me.dataset.label || said.open;
      button.setAttribute("aria-expanded", String(wanted));
      if (wanted) frame.focus();
    }
    button.addEventListener("click", function () { show(panel.style.display === "none"); });
    escaped = function () { if (panel.style.display !== "none") { show(false); button.focus(); } };
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") escaped(); });
    show(false);
    document.body.append(panel, button);
  }

  function begin() { if (target) inside(); else floating(); }
  if (document.body) begin(); else document.addEventListener("DOMContentLoaded", begin);
})();

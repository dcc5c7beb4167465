/** The console in the browser: the entrance, the live list, masked texts, copying, and forms that are under way. */
(() => {
  const entrance = document.querySelector("[data-entrance]");
  if (entrance !== null) {
    const state = entrance.querySelector("[role=status]");
    enter(state).catch(() => {
      state.textContent = "The embedded AWS does not answer.";
    });
    return;
  }
  const root = document.querySelector("[data-root]")?.dataset.root ?? "./";
  const list = document.querySelector("[data-events]");
  if (list !== null) listen(list, document.querySelector("[data-live-state]"));

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.dataset.show !== undefined) toggle(button).catch(ignore);
    if (button?.dataset.copy !== undefined) copy(button).catch(ignore);
  });

  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button[type=submit]");
    button.dataset.label = button.textContent;
    button.textContent = event.target.dataset.busy ?? button.textContent;
    button.disabled = true;
  });

  // A page that comes back from the browser's cache.
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("button[data-label]")) {
      button.textContent = button.dataset.label;
      button.disabled = false;
    }
  });

  /** The server ended, or the browser does not permit to copy: the page stays as it is. */
  function ignore() {}

  /** Exchanges the code, which then is no longer in the address. */
  async function enter(state) {
    const code = location.hash.slice(1);
    history.replaceState(null, "", "/");
    if (code === "") {
      state.textContent = "Open the console by the URL that npx access local prints: it ends with a code.";
      return;
    }
    const response = await fetch("/open", { method: "POST", body: new URLSearchParams({ code }) });
    const text = (await response.text()).trim();
    if (response.ok) location.replace(text);
    else state.textContent = text;
  }

  function listen(list, state) {
    const events = new EventSource(root + list.dataset.events);
    events.addEventListener("open", () => {
      state.textContent = "Live: new requests appear at the top.";
    });
    events.addEventListener("error", () => {
      state.textContent = "The embedded AWS does not answer. Start it again: npx access local";
    });
    events.addEventListener("message", ({ data }) => {
      // The server made this HTML, with every text escaped.
      list.insertAdjacentHTML("afterbegin", JSON.parse(data));
      while (list.children.length > 200) list.lastElementChild.remove();
    });
  }

  async function toggle(button) {
    const shown = button.parentElement.querySelector("[data-text]");
    const mask = "•".repeat(8);
    if (button.getAttribute("aria-pressed") === "true") {
      shown.textContent = mask;
      button.textContent = button.textContent.replace("Hide", "Show");
      button.setAttribute("aria-pressed", "false");
      return;
    }
    const body = new URLSearchParams({ handle: button.dataset.show });
    const response = await fetch(`${root}show`, { method: "POST", body });
    shown.textContent = response.ok ? await response.text() : "no longer kept";
    if (!response.ok) return;
    button.textContent = button.textContent.replace("Show", "Hide");
    button.setAttribute("aria-pressed", "true");
  }

  async function copy(button) {
    const source = button.closest("figure").querySelector("code").cloneNode(true);
    for (const other of source.querySelectorAll("button")) other.remove();
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1500);
  }
})();

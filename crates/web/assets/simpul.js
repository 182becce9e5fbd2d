// The news of a page end with it. A browser keeps a page that was left, and what it listens to, for a while; it opens six
// connections to one machine at a time, so that the seventh page would wait for a minute.
htmx.createEventSource = (url) => {
  const source = new EventSource(url);
  addEventListener("pagehide", () => source.close());
  return source;
};
// A page that is taken up again, by going back, is asked for anew: the news have ended, and so may the session.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
// What is to be pasted into a message gets a button; without script it is marked and copied by hand.
addEventListener("DOMContentLoaded", () => {
  for (const text of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second";
    button.textContent = text.dataset.copy;
    button.addEventListener("click", async () => {
      text.select();
      await navigator.clipboard.writeText(text.value);
      button.textContent = text.dataset.copied;
    });
    text.after(button);
  }
});
// What is typed into a form is kept while it is typed, so that a power cut takes nothing, and offered when the form is
// opened again. Only what differs from what stood there: the rest may be another by then.
addEventListener("DOMContentLoaded", async () => {
  const form = document.querySelector("#form");
  if (!form) return;
  const path = new URL(form.action).pathname;
  const named = (name) => [...form.elements].filter((element) => element.name === name);
  const typed = () => {
    const data = new FormData(form);
    const draft = new URLSearchParams({ token: data.get("token"), untuk: path, judul: document.querySelector("h1").textContent });
    for (const was of [...data.keys()].filter((name) => name.startsWith("was-"))) {
      const name = was.slice(4);
      const values = data.getAll(name);
      if (values.join(",") === data.get(was)) continue;
      for (const value of values.length ? values : [""]) draft.append(name, value);
    }
    return draft;
  };
  const keep = () => fetch("/draf", { method: "POST", body: typed() });
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 700);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
  addEventListener("pagehide", () => clearTimeout(waiting));
  // A form that was sent and not taken shows what was typed by itself.
  if (document.querySelector("[role=alert]")) return;
  const answer = await fetch(`/draf?untuk=${encodeURIComponent(path)}`);
  if (answer.status !== 200) return;
  const { offer, take, throw_away, fields } = await answer.json();
  const notice = document.createElement("div");
  notice.className = "notice choose";
  notice.id = "draft";
  notice.setAttribute("role", "status");
  notice.innerHTML = '<span class="shape" aria-hidden="true"></span><div><p></p><p class="choices"></p></div>';
  notice.querySelector("p").textContent = offer;
  const button = (id, label, act) => {
    const one = document.createElement("button");
    one.type = "button";
    one.id = id;
    one.className = "second";
    one.textContent = label;
    one.addEventListener("click", () => {
      notice.remove();
      act();
      form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
    notice.querySelector(".choices").append(one);
  };
  button("draft-take", take, () => {
    for (const name of new Set(fields.map(([name]) => name))) {
      const values = fields.filter(([field]) => field === name).map(([, value]) => value);
      for (const element of named(name)) {
        if (element.type === "radio" || element.type === "checkbox") element.checked = values.includes(element.value);
        else element.value = values[0];
      }
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  });
  button("draft-throw-away", throw_away, () => {
    form.reset();
    keep();
  });
  form.before(notice);
});

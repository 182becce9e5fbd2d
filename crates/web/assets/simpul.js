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
